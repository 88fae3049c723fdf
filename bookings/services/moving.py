"""`reschedule`: another start for the same booking; payment and links stay valid."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from bookings import events
from bookings.domain.lengths import kept_reason
from bookings.domain.lifecycle_table import PRACTICE, Status, sources
from bookings.domain.slots import Refusal
from bookings.domain.words import refusal_words
from bookings.models import Booking, Membership, Service
from bookings.selectors import whole_bookings
from bookings.selectors.memberships import covering, has_use_left
from bookings.services.closing import is_in_time
from bookings.services.limits import another_waits_now, maximum_meetings
from bookings.services.room import move_room
from bookings.services.taking import as_booked, races_in_words, require_free, require_free_by_hand
from bookings.services.transition import (
    lock_identity,
    lock_with_professional,
    move,
    require,
    require_actor,
    require_practice,
    tell,
)
from core.actor import Actor
from core.errors import Missing, NotAllowed, Refused


def reschedule(
    *,
    booking_id: UUID,
    starts_at: datetime,
    actor: Actor,
    reason: str = "",
    duration_minutes: int | None = None,
    outside_hours: bool = False,
) -> Booking:
    """Moves to a free start (UTC). When the patient moved it, the professional is asked again unless the
    policy accepts by itself. The practice moves by the rules of `book_by_hand`, and may give it another length.

    Raises what `book` raises, and Refused: `wrong_state`, `already_begun`, `too_late_to_move` (for a patient,
    closer to the start than the policy lets them cancel without loss), `outside_membership` (at a member's price),
    `max_meetings`, `reason_too_long`, `invalid_duration`.
    """
    booking = whole_bookings().filter(pk=booking_id).first()
    if booking is None:
        raise Missing
    require_actor("reschedule", actor)
    wanted = as_booked(booking, duration_minutes)
    by_hand = actor.kind in PRACTICE
    with races_in_words(wanted, starts_at, by_hand=by_hand, moving=booking.pk), transaction.atomic():
        return _reschedule(booking_id, starts_at, actor, reason, duration_minutes, outside_hours)


def _reschedule(
    booking_id: UUID,
    starts_at: datetime,
    actor: Actor,
    reason: str,
    duration_minutes: int | None,
    outside_hours: bool,
) -> Booking:
    booking = lock_with_professional(booking_id)
    policy = booking.professional.policy
    asks_again = actor.kind == "patient" and not policy.auto_accept
    to = Status.WAITING_FOR_PROFESSIONAL if asks_again else Status(booking.status)
    require(booking, "reschedule", to, actor)
    _require_movable(booking, actor)
    wanted = as_booked(booking, _require_length(duration_minutes, actor))
    if actor.kind in PRACTICE:
        require_free_by_hand(wanted, starts_at, outside_hours=outside_hours, without_booking=booking.pk)
    else:
        require_free(wanted, starts_at, asker=_account(actor), without_booking=booking.pk)
    original, changes = booking.starts_at, _times(wanted, starts_at)
    if actor.kind == "patient" and booking.membership is not None:
        changes["membership"] = _membership_at(booking, booking.membership, starts_at)
    if duration_minutes is not None:
        # As with a new booking: what the service allows, and never longer than the booked time.
        changes["meeting_limit_minutes"] = min(booking.service.meeting_limit_minutes, duration_minutes)
    if to == Status.WAITING_FOR_PROFESSIONAL:
        due = timezone.now() + timedelta(minutes=policy.answer_minutes)
        changes |= {"answer_due_at": min(due, changes["ends_at"]), "accepted_at": None}
    lock_identity(booking.patient_identity)
    move(booking, "reschedule", to, actor, move_reason=kept_reason(reason), **changes)
    move_room(booking)
    if to == Status.CONFIRMED and another_waits_now(booking):
        raise maximum_meetings()
    tell(
        events.AppointmentRescheduled,
        booking,
        rescheduled_by=actor.kind,
        original_start_time=original,
        new_start_time=starts_at,
        duration=booking.duration_minutes,
    )
    return booking


def _account(actor: Actor) -> User | None:
    return User.objects.filter(pk=actor.user_id).first() if actor.user_id else None


def _require_length(duration_minutes: int | None, actor: Actor) -> int | None:
    if duration_minutes is None:
        return None
    require_practice(actor)
    if duration_minutes % 5 or not 5 <= duration_minutes <= 480:
        raise Refused(
            _("The duration is a multiple of 5 minutes, from 5 to 480."),
            code="invalid_duration",
            attr="duration_minutes",
        )
    return duration_minutes


def _times(service: Service, starts_at: datetime) -> dict[str, Any]:
    ends_at = starts_at + timedelta(minutes=service.duration_minutes)
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "blocked_from": starts_at - timedelta(minutes=service.buffer_before_minutes),
        "blocked_until": ends_at + timedelta(minutes=service.buffer_after_minutes),
    }


def _membership_at(booking: Booking, membership: Membership, starts_at: datetime) -> Membership:
    """By which it keeps its price at the new time: its own, or the one that goes on from there."""
    if membership.covers(starts_at):
        return membership
    bought = Membership.objects.filter(user=membership.user_id, plan=membership.plan_id)
    other = covering(bought, starts_at).first()
    if other is None or not has_use_left(other, booking):
        raise Refused(
            _("This appointment has a member’s price, and your membership does not reach to that time."),
            code="outside_membership",
            attr="start",
        )
    return other


def may_move(booking: Booking, by: str, now: datetime) -> bool:
    """Until it begins. A patient only where the practice takes bookings online, and when money is at stake while
    cancelling would still be without loss: else moving would be the way around the rules of cancelling."""
    if booking.status not in sources("reschedule") or now >= booking.starts_at:
        return False
    if by != "patient":
        return True
    bound = booking.status == Status.CONFIRMED and booking.is_paid_online
    return booking.professional.policy.allow_public_booking and (not bound or is_in_time(booking, now))


def _require_movable(booking: Booking, actor: Actor) -> None:
    now = timezone.now()
    if now >= booking.starts_at:
        raise Refused(_("This appointment has begun and cannot be moved any more."), code="already_begun")
    if may_move(booking, actor.kind, now):
        return
    if not booking.professional.policy.allow_public_booking:
        raise NotAllowed(refusal_words[Refusal.BOOKING_CLOSED], code=str(Refusal.BOOKING_CLOSED))
    raise Refused(
        _("This appointment could be moved until %(hours)s hours before its start.")
        % {"hours": booking.cancellation_hours},
        code="too_late_to_move",
    )
