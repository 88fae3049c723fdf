FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# pg_dump, pg_restore and psql, for backups: of the server's version, which Debian does not have yet.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates postgresql-common \
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && apt-get install -y --no-install-recommends postgresql-client-18 && rm -rf /var/lib/apt/lists/*
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
