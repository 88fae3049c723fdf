"""Pages that ask for news of themselves: nothing is sent, and nothing on the page moves, while nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from bookings.access import join_state
from bookings.models import Booking


def version_of(bookings: Iterable[Booking], *more: Any) -> str:
    """Differs when anything that such a page shows of these bookings differs, the opening of rooms included.

    `more`: whatever else it shows.
    """
    now = timezone.now()
    seen = [
        (str(booking.id), booking.status, booking.starts_at.isoformat(), join_state(booking, now).code)
        for booking in bookings
    ]
    return hashlib.sha256(repr((seen, more)).encode()).hexdigest()[:16]


def answer_if_changed(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page, or 204 to a page that asks with `?seen=` and has this version already."""
    if request.GET.get("seen") == context["version"]:
        return HttpResponse(status=204)
    return render(request, template, context)
