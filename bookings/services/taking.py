"""Taking a time: may it be had, and what to say when somebody was faster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from bookings import schedule
from bookings.models import Service
from bookings.selectors import next_free_slots
from bookings.slots import Refusal
from core.errors import Conflict, Refused


def require_free(service: Service, starts_at: datetime, *, without_booking: UUID | None = None) -> None:
    """Raises Refused (`slot_not_available`) or Conflict (`slot_taken`) unless the schedule offers this start."""
    end = starts_at + timedelta(minutes=service.duration_minutes)
    refusals = schedule.load(service, starts_at, end, without_booking=without_booking).refusals(starts_at)
    if not refusals:
        return
    if refusals == [Refusal.TAKEN]:
        raise _slot_taken()
    reasons = {
        Refusal.PAST: _("This time is already past."),
        Refusal.TOO_SOON: _("This time is too soon: the professional needs more notice."),
        Refusal.TOO_FAR: _("This time is too far ahead: bookings are not open so late yet."),
        Refusal.TIME_OFF: _("The professional is away at this time."),
        Refusal.CLOSED: _("The professional does not work at this time."),
        Refusal.OFF_GRID: _("Appointments do not start at this minute."),
        Refusal.TAKEN: _("This time has just been taken."),
    }
    raise Refused(
        reasons[refusals[0]],
        code="slot_not_available",
        attr="start",
        extra={"reasons": [str(refusal) for refusal in refusals]},
    )


@contextmanager
def races_in_words(service: Service) -> Iterator[None]:
    """Around the transaction that takes a time: what the database forbids, because somebody was faster, becomes
    a Conflict (`slot_taken`, `patient_busy`); the first says which times are free instead.

    They are looked up after the transaction, so that nobody waits for it.
    """
    try:
        yield
    except Conflict as conflict:
        _add_next_slots(conflict, service)
        raise
    except IntegrityError as error:
        recognised = _conflict_of(error)
        if recognised is None:
            raise
        _add_next_slots(recognised, service)
        raise recognised from error


def _add_next_slots(conflict: Conflict, service: Service) -> None:
    if conflict.code == "slot_taken":
        conflict.extra["next_slots"] = next_free_slots(service=service)


def _conflict_of(error: IntegrityError) -> Conflict | None:
    """None for a constraint that has nothing to do with who was first."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if constraint == "booking_professional_once":
        return _slot_taken()
    if constraint == "booking_patient_once":
        return Conflict(
            _("You already have another appointment at this time."), code="patient_busy", attr="start"
        )
    return None


def _slot_taken() -> Conflict:
    return Conflict(
        _("Somebody has just taken this time. Please choose another one."), code="slot_taken", attr="start"
    )
