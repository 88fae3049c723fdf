"""Taking a time: may it be had, and what to say when somebody was faster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import User
from bookings.domain.slots import Refusal
from bookings.domain.words import refusal_words
from bookings.models import Booking, Service
from bookings.selectors import identities_of, next_free_slots, schedule
from core.errors import Conflict, Refused

# What a practice may overrule in its own calendar, when it says so.
OUTSIDE_HOURS = frozenset(
    {
        Refusal.CLOSED,
        Refusal.HOLIDAY,
        Refusal.OTHER_SERVICES,
        Refusal.TIME_OFF,
        Refusal.OFF_GRID,
        Refusal.DAY_FULL,
    }
)


def require_free(
    service: Service,
    starts_at: datetime,
    *,
    asker: User | None = None,
    without_booking: UUID | None = None,
) -> None:
    """Raises Refused (`slot_not_available`) or Conflict (`slot_taken`, `patient_busy`) unless who asks is offered
    this start."""
    plan = schedule.load(
        service,
        starts_at,
        starts_at + timedelta(minutes=service.duration_minutes),
        without_booking=without_booking,
        identities=identities_of(asker),
    )
    _require_none(plan.refusals(starts_at))


def require_free_by_hand(
    service: Service, starts_at: datetime, *, outside_hours: bool, without_booking: UUID | None = None
) -> None:
    """For the practice itself: notice and horizon do not matter, nor its hours with `outside_hours`.

    Raises Refused (`slot_not_available`, `seconds`) or Conflict (`slot_taken`).
    """
    if starts_at.second or starts_at.microsecond:
        raise Refused(_("Appointments start at a whole minute."), code="seconds", attr="start")
    end = starts_at + timedelta(minutes=service.duration_minutes)
    plan = schedule.load(service, starts_at, end, without_booking=without_booking, by_hand=True)
    overruled = OUTSIDE_HOURS if outside_hours else frozenset()
    _require_none([refusal for refusal in plan.refusals(starts_at) if refusal not in overruled])


def _require_none(refusals: list[Refusal]) -> None:
    if not refusals:
        return
    # What only somebody else's haste, or one's own calendar, stands against.
    for refusal, conflict in ((Refusal.TAKEN, _slot_taken()), (Refusal.PATIENT_BUSY, _patient_busy())):
        if refusals == [refusal]:
            raise conflict
    raise Refused(
        str(refusal_words[refusals[0]]),
        code="slot_not_available",
        attr="start",
        extra={"reasons": [str(refusal) for refusal in refusals]},
    )


def as_booked(booking: Booking, duration_minutes: int | None = None) -> Service:
    """The service with the modality, the buffers, and unless another is wanted the length, that this booking has,
    whatever became of the service since."""
    service = copy(booking.service)
    service.professional = booking.professional
    service.modality = booking.modality
    service.duration_minutes = duration_minutes or booking.duration_minutes
    before, after = booking.starts_at - booking.blocked_from, booking.blocked_until - booking.ends_at
    service.buffer_before_minutes = int(before.total_seconds() // 60)
    service.buffer_after_minutes = int(after.total_seconds() // 60)
    return service


@contextmanager
def races_in_words(
    service: Service,
    starts_at: datetime,
    *,
    asker: User | None = None,
    by_hand: bool = False,
    moving: UUID | None = None,
) -> Iterator[None]:
    """Around the transaction that takes a time: what the database forbids, because somebody was faster, becomes
    a Conflict (`slot_taken`, `patient_busy`); the first says which times are free instead. `moving` is the booking
    that leaves its own time for the new one.

    They are looked up after the transaction, so that nobody waits for it.
    """
    try:
        yield
    except Conflict as conflict:
        if conflict.code == "slot_taken":
            conflict.extra["next_slots"] = _next_slots(service, starts_at, asker, by_hand, moving)
        raise
    except IntegrityError as error:
        recognised = _conflict_of(error)
        if recognised is None:
            raise
        if recognised.code == "slot_taken":
            recognised.extra["next_slots"] = _next_slots(service, starts_at, asker, by_hand, moving)
        raise recognised from error


def _next_slots(
    service: Service, starts_at: datetime, asker: User | None, by_hand: bool, moving: UUID | None
) -> list[datetime]:
    """Those after the time that was wanted; the soonest, where there are none."""
    for after in (starts_at, None):
        found = next_free_slots(service=service, after=after, asker=asker, by_hand=by_hand, moving=moving)
        if found:
            return found
    return []


def _conflict_of(error: IntegrityError) -> Conflict | None:
    """None for a constraint that has nothing to do with who was first."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if constraint == "booking_professional_once":
        return _slot_taken()
    if constraint == "booking_patient_once":
        return _patient_busy()
    return None


def _slot_taken() -> Conflict:
    return Conflict(str(refusal_words[Refusal.TAKEN]), code="slot_taken", attr="start")


def _patient_busy() -> Conflict:
    return Conflict(str(refusal_words[Refusal.PATIENT_BUSY]), code="patient_busy", attr="start")
