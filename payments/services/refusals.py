"""How many webhooks were refused, by gateway and day: all that is kept of what is forged or makes no sense."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.cache import cache
from django.utils import timezone

from core import cache as counting

KEPT = timedelta(days=40)


def count(gateway: str) -> None:
    counting.count(_key(gateway, timezone.now().date()), seconds=int(KEPT.total_seconds()))


def refused_on(gateway: str, day: date) -> int:
    return int(cache.get(_key(gateway, day)) or 0)


def _key(gateway: str, day: date) -> str:
    return f"webhooks-refused:{gateway}:{day.isoformat()}"
