"""`payment settled`: money has come for a booking, perhaps twice told, perhaps too late."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from bookings import events
from bookings.domain.lifecycle_table import Status
from bookings.domain.slots import NOT_OPEN, Refusal
from bookings.models import Booking, Channel
from bookings.selectors import schedule
from bookings.selectors.memberships import has_use_left
from bookings.services.asking import ask_professional
from bookings.services.money import refund_in_full
from bookings.services.room import new_meeting
from bookings.services.taking import as_booked
from bookings.services.transition import lock_identity, lock_with_professional, tell
from payments.models import Payment


@transaction.atomic
def payment_settled(payment_id: UUID) -> None:
    """Moves the booking on, revives it when its time is still free, or gives the money back. Idempotent."""
    payment = Payment.objects.get(pk=payment_id)
    booking = lock_with_professional(payment.subject_id)
    if booking.settled_at is not None:
        return
    if booking.status == Status.PENDING_PAYMENT:
        ask_professional(booking, "settle")
    elif not _revive(booking):
        booking.settled_at = timezone.now()
        booking.save(update_fields=["settled_at", "updated_at"])
        refund_in_full(booking, "late")
        tell(events.LatePaymentRefunded, booking, payment_id=payment.pk)


def _revive(booking: Booking) -> bool:
    """Takes the time again, if nobody else has and it is not over, and with it a member's use, if one is left. The
    database has the last word."""
    if (
        booking.status != Status.EXPIRED
        or booking.patient.erased_at is not None
        or not _is_still_free(booking)
        or (booking.membership is not None and not has_use_left(booking.membership, booking))
    ):
        return False
    lock_identity(booking.patient_identity)
    try:
        with transaction.atomic():
            ask_professional(booking, "revive")
            _reopen_room(booking)
    except IntegrityError:
        booking.refresh_from_db()
        return False
    return True


def _is_still_free(booking: Booking) -> bool:
    """The professional may have closed this time or left meanwhile; notice and horizon were kept when booked."""
    plan = schedule.load(as_booked(booking), booking.starts_at, booking.ends_at, without_booking=booking.pk)
    lost = {Refusal.PAST, Refusal.TAKEN}
    # What the practice wrote down by hand may lie outside its hours.
    if booking.channel != Channel.MANUAL:
        lost |= NOT_OPEN | {Refusal.TIME_OFF, Refusal.DAY_FULL}
    return not lost.intersection(plan.refusals(booking.starts_at))


def _reopen_room(booking: Booking) -> None:
    """Its room was voided, and rooms are never used again: a new one."""
    if booking.meeting is None:
        return
    booking.meeting = new_meeting(booking)
    booking.save(update_fields=["meeting"])
