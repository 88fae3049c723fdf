"""Limits on what one address may ask for on pages."""

from __future__ import annotations

from django.http import HttpRequest

from core.limits import seconds_to_wait


def too_many(request: HttpRequest, *, group: str, rate: str) -> bool:
    """Counts this request; whether its address has gone past the rate ("60/10m")."""
    return seconds_to_wait(request, group=group, rate=rate) > 0
