"""Is the process alive, and can it serve?"""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare

from core import sweeps, valkey
from core.health.gauges import read_all


def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """503 names what is missing: `database` or `cache`."""
    missing = [name for name, check in (("database", _database), ("cache", valkey.answers)) if not check()]
    status = "unavailable" if missing else "ok"
    return JsonResponse({"status": status, "missing": missing}, status=503 if missing else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    """The gauges for Prometheus, to whoever has METRICS_TOKEN; without such a token there is nothing here."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        raise Http404
    lines = [
        f"vicita_{reading.metric} {reading.number}"
        for _gauge, readings in read_all()
        for reading in readings
        if reading.metric
    ]
    for state in sweeps.states():
        lines.append(f'vicita_sweep_late{{sweep="{state.name}"}} {state.is_late:d}')
        lines.append(f'vicita_sweep_failing{{sweep="{state.name}"}} {state.is_failing:d}')
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever keeps us from the database, we are not ready
        return False
    return True
