"""Reminders: a letter to the patient some time before the start, once for each time the practice has chosen.

When the next one is due stands on the booking (`next_reminder_at`), so that a sweep finds it whoever was down. The
letter and the next time are written in one transaction: whatever dies where, it is written once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Least, Now
from django.utils import timezone

from bookings import letters
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, BookingPolicy
from bookings.selectors import whole_bookings
from notifications.services import notify

log = logging.getLogger(__name__)
BATCH = 200
DUE = Q(status=Status.CONFIRMED, next_reminder_at__lte=Now())
LETTER = letters.Mail("booking_reminder", "patient", before_start=True)


def next_reminder(*, starts_at: datetime, reminder_minutes: Sequence[int], now: datetime) -> datetime | None:
    """The earliest of the times before the start that is still to come; None when all have passed."""
    times = (starts_at - timedelta(minutes=minutes) for minutes in reminder_minutes)
    return min((time for time in times if time > now), default=None)


def renew_reminders(*, professional_id: UUID, reminder_minutes: Sequence[int]) -> None:
    """Has the practice's agreed bookings to come follow newly chosen times, in the caller's transaction. What is due
    already is left to the sweep, unless there are to be no reminders at all."""
    now = timezone.now()
    coming = Booking.objects.filter(
        professional_id=professional_id, status=Status.CONFIRMED, starts_at__gt=now
    )
    # In one order, as whoever locks several: then all of them change in one statement, however many there are.
    list(coming.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    if reminder_minutes:
        coming = coming.exclude(next_reminder_at__lte=now)
    coming.update(next_reminder_at=_next_reminder(reminder_minutes, now))


def _next_reminder(reminder_minutes: Sequence[int], now: datetime) -> Least | None:
    """What `next_reminder` says, by the database for many at once."""
    spans = [timedelta(minutes=minutes) for minutes in reminder_minutes]
    times = [Case(When(starts_at__gt=now + span, then=F("starts_at") - span)) for span in spans]
    # Twice, for there must be two; and what is NULL counts for nothing.
    return Least(*times, *times) if times else None


def send_reminders() -> int:
    """Writes the reminders that are due by the database's clock; returns how many bookings it saw to.

    One that fails is logged, stays due and does not hold up the others.
    """
    seen_to = 0
    due = Booking.objects.filter(DUE).order_by("next_reminder_at").values_list("pk", flat=True)
    for booking_id in due[:BATCH]:
        try:
            seen_to += _remind(booking_id)
        except Exception:
            log.exception("reminder failed", extra={"booking": str(booking_id)})
    return seen_to


@transaction.atomic
def _remind(booking_id: UUID) -> bool:
    """False when another worker has it, or it is not due any more."""
    free = whole_bookings().select_for_update(of=("self",), no_key=True, skip_locked=True)
    booking = free.filter(DUE, pk=booking_id).annotate(now=Now()).select_related("patient__user").first()
    if booking is None:
        return False
    now: datetime = booking.now  # the database's clock, like what is due by it
    if now < booking.starts_at:
        _write(booking)
    # Read under the lock: whoever changes them waits for it, and then sets the next time anew.
    minutes = BookingPolicy.objects.values_list("reminder_minutes", flat=True).get(pk=booking.professional_id)
    # Where several have passed, one letter is enough.
    following = next_reminder(starts_at=booking.starts_at, reminder_minutes=minutes, now=now)
    Booking.objects.filter(pk=booking_id).update(next_reminder_at=following)
    return True


def _write(booking: Booking) -> None:
    """By mail, and in the app to whoever has an account; once for this booking, start and time."""
    assert booking.next_reminder_at is not None  # noqa: S101  (it is due)
    moments = (booking.starts_at, booking.next_reminder_at)
    key = ":".join(["reminder", str(booking.pk), *(str(int(moment.timestamp())) for moment in moments)])
    letters.write(booking, LETTER, key=key)
    if booking.patient.user is not None:
        notify(
            user=booking.patient.user,
            kind="BOOKING_REMINDER",
            dedupe_key=key,
            payload={
                "booking_id": str(booking.pk),
                "professional_name": booking.professional.name,
                "starts_at": booking.starts_at.isoformat(),
                "timezone": letters.zone_of(booking, "patient"),
            },
        )
