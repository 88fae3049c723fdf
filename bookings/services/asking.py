"""From settled to the professional: a request to answer, or a confirmation where the policy accepts by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from bookings import events
from bookings.domain.lifecycle_table import PRACTICE, Status
from bookings.models import Booking, Channel
from bookings.services.limits import another_waits_now
from bookings.services.transition import move, tell
from core.actor import SYSTEM, Actor


def ask_professional(booking: Booking, verb: str, actor: Actor = SYSTEM) -> None:
    """`settle` or `revive`. Past the limit of meetings nothing is accepted by itself."""
    now = timezone.now()
    fields: dict[str, Any] = {
        "settled_at": now,
        "hold_ends_at": None,
        "closed_at": None,
        "closing_reason": "",
    }
    policy = booking.professional.policy
    # What the practice itself wrote down needs no answer.
    by_itself = policy.auto_accept or booking.channel == Channel.MANUAL
    if actor.kind in PRACTICE or (by_itself and not another_waits_now(booking)):
        automatic = actor.kind not in PRACTICE
        move(booking, verb, Status.CONFIRMED, actor, accepted_at=now, **fields)
        tell(events.AppointmentConfirmed, booking, start_time=booking.starts_at, automatic=automatic)
        return
    # A request is answered before its time is over.
    due = min(now + timedelta(minutes=policy.answer_minutes), booking.ends_at)
    move(booking, verb, Status.WAITING_FOR_PROFESSIONAL, actor, answer_due_at=due, **fields)
    tell(events.AppointmentRequested, booking, start_time=booking.starts_at, answer_due_at=due)
