FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN useradd --system --uid 10001 --no-create-home --home-dir /app vicita
WORKDIR /app

COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt && python -m compileall -q /usr/local/lib/python3.11/site-packages

COPY . .
# Collecting needs the settings, and the settings need these; nothing of them stays in the image.
RUN python -m tools.messages compile \
 && SECRET_KEY=build FIELD_KEYS="1:$(head -c 32 /dev/zero | base64)" BLIND_INDEX_KEY="$(head -c 32 /dev/zero | base64)" \
    AUDIT_KEY="$(head -c 32 /dev/zero | base64)" \
    DATABASE_URL=postgresql://build/build REDIS_URL=redis://build PUBLIC_URL=https://build.example \
    python manage.py collectstatic --noinput --verbosity=0 \
 && python -m compileall -q .

USER vicita
EXPOSE 8000
# Pages and API. The WebSocket, workers and clockwork are the same image with another command: docker-compose.yml.
CMD ["gunicorn", "config.wsgi:application", "--config", "deploy/gunicorn.py"]
