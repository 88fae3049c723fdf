"""From bookings to what the API answers, with payments and specialties in constant queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects

from accounts.models import User
from bookings.access import SeatRole, role_in
from bookings.api.outputs import BookingSerializer, GuestBookingSerializer
from bookings.models import Booking
from bookings.selectors import booking_for
from bookings.services.money import SUBJECT
from core.actor import Actor
from core.errors import NotAllowed
from payments.selectors import payments_of


def booking_answer(booking: Booking, user: User) -> dict[str, Any]:
    return bookings_answer([booking], user)[0]


def bookings_answer(bookings: Sequence[Booking] | QuerySet[Booking], user: User) -> list[dict[str, Any]]:
    """What one of the two people of these bookings may read; three queries beside the bookings."""
    loaded = list(bookings)
    serializer = BookingSerializer(loaded, many=True, context=context_of(loaded) | {"user": user})
    return list(serializer.data)


def guest_answer(booking: Booking) -> dict[str, Any]:
    return dict(GuestBookingSerializer(booking, context=context_of([booking])).data)


def context_of(bookings: list[Booking]) -> dict[str, Any]:
    """What `BookingFactsSerializer` shows of these beside their own rows: two queries."""
    prefetch_related_objects(bookings, "professional__specialties")
    return {"payments": payments_of(SUBJECT, [booking.pk for booking in bookings])}


def own_seat(user: User, booking_id: UUID) -> tuple[Booking, SeatRole]:
    """A booking of the user and their side of it. Raises Missing."""
    booking = booking_for(user, booking_id)
    role = role_in(booking, user)
    assert role is not None  # noqa: S101  (the selector's promise)
    return booking, role


def require_seat(user: User, booking_id: UUID, role: SeatRole) -> Actor:
    """The user as the actor on that side of the booking. Raises Missing, or NotAllowed on the other side."""
    if own_seat(user, booking_id)[1] != role:
        raise NotAllowed
    return Actor(role, user.pk)
