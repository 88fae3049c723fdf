"""What is due by the database's clock, whoever was down meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, BookingRequest
from bookings.services import requests
from bookings.services.closing import DUE, expire
from bookings.services.meeting import close_window
from core.errors import DomainError

log = logging.getLogger(__name__)
BATCH = 200


def sweep() -> int:
    """Expires holds and whatever nobody answered, and closes windows; returns how many rows moved.

    Each in its own transaction: one that fails is logged and does not hold up the others.
    """
    closing = Booking.objects.filter(
        status=Status.CONFIRMED, ends_at__lte=Now(), meeting__closes_at__lte=Now()
    )
    return (
        _each(Booking.objects.filter(DUE), _expire)
        + _each(closing, _close_window)
        + _each(BookingRequest.objects.filter(requests.DUE), _expire_request)
    )


def _expire(booking_id: UUID) -> None:
    expire(booking_id=booking_id)


def _expire_request(request_id: UUID) -> None:
    requests.expire_request(request_id=request_id)


def _close_window(booking_id: UUID) -> None:
    close_window(booking_id=booking_id)


def _each(due: QuerySet[Any], verb: Callable[[UUID], None]) -> int:
    moved = 0
    for row_id in due.order_by("pk").values_list("pk", flat=True)[:BATCH]:
        try:
            verb(row_id)
            moved += 1
        except DomainError:
            continue  # somebody was faster
        except Exception:
            log.exception("sweep failed", extra={"row": str(row_id)})
    return moved
