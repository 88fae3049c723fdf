"""Is the process alive, and can it serve?"""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, JsonResponse

from core import valkey


def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """503 names what is missing: `database` or `cache`."""
    missing = [name for name, check in (("database", _database), ("cache", valkey.answers)) if not check()]
    status = "unavailable" if missing else "ok"
    return JsonResponse({"status": status, "missing": missing}, status=503 if missing else 200)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever keeps us from the database, we are not ready
        return False
    return True
