"""What the file of bookings says of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from bookings.models import Booking
from core.csv_stream import in_batches

HEADER = (
    "reference",
    "state",
    "starts_at",
    "time_zone",
    "minutes",
    "modality",
    "service",
    "professional",
    "patient",
    "price",
    "currency",
    "channel",
    "created_at",
)


def rows_of(bookings: QuerySet[Booking]) -> Iterator[list[Any]]:
    needed = bookings.select_related(None).select_related("patient__data_key", "professional", "service")
    for batch in in_batches(needed):
        yield from map(_row, batch)


def _row(booking: Booking) -> list[Any]:
    professional = booking.professional
    return [
        booking.reference,
        booking.status,
        booking.starts_at.astimezone(professional.zone).isoformat(),
        professional.timezone,
        booking.duration_minutes,
        booking.modality,
        booking.service.name,
        professional.name,
        booking.patient.name,
        format(booking.price.normalize(), "f"),
        booking.currency,
        booking.channel,
        booking.created_at.isoformat(),
    ]
