"""What every verb shares: the locks, the table, the history."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Professional
from bookings import events
from bookings.audited import note_booking
from bookings.domain.lifecycle_table import HOLDING, PRACTICE, WHO, Status, allows
from bookings.models import Booking, BookingEvent
from bookings.selectors import whole_bookings
from bookings.services.reminders import next_reminder
from core.actor import Actor
from core.errors import Missing, NotAllowed, Refused
from meetings.services import void_meeting

_FINAL = frozenset(Status.values) - {*HOLDING} | {Status.COMPLETED}


def lock_professional(professional_id: UUID) -> Professional:
    """Serialises whoever competes for this professional's time. New bookings may still refer to the row."""
    return Professional.objects.select_for_update(no_key=True).get(pk=professional_id)


def lock_booking(booking_id: UUID) -> Booking:
    """The booking as it is now, held until the transaction ends. Raises Missing."""
    rows = whole_bookings().select_for_update(of=("self",), no_key=True).filter(pk=booking_id)
    # Twice: a row that has got another patient (a merge) or another room while this waited for it joins with nothing
    # the first time.
    booking = rows.first() or rows.first()
    if booking is None:
        raise Missing
    return booking


def lock_with_professional(booking_id: UUID) -> Booking:
    """Both locks in their order, for verbs that look at the professional's other bookings. Raises Missing."""
    professional_id = Booking.objects.filter(pk=booking_id).values_list("professional_id", flat=True).first()
    if professional_id is None:
        raise Missing
    lock_professional(professional_id)
    return lock_booking(booking_id)


def require_actor(verb: str, actor: Actor) -> None:
    """Raises NotAllowed (`not_yours_to_do`) unless this kind of actor may say the verb."""
    if actor.kind not in WHO[verb]:
        raise NotAllowed(_("This is not for you to do."), code="not_yours_to_do")


def require_practice(actor: Actor) -> None:
    """Raises NotAllowed (`not_yours_to_do`) unless the professional or staff speak."""
    if actor.kind not in PRACTICE:
        raise NotAllowed(_("This is not for you to do."), code="not_yours_to_do")


def require(booking: Booking, verb: str, to: str, actor: Actor) -> None:
    """Raises NotAllowed (`not_yours_to_do`), and Refused (`wrong_state`) unless the table allows the verb from
    where the booking is."""
    require_actor(verb, actor)
    if not allows(verb, booking.status, to):
        raise wrong_state(booking)


def wrong_state(booking: Booking) -> Refused:
    return Refused(
        _("This appointment is “%(status)s”: that is not possible now.")
        % {"status": booking.get_status_display()},
        code="wrong_state",
        extra={"status": booking.status},
    )


def move(booking: Booking, verb: str, to: str, actor: Actor, **fields: Any) -> None:
    """Writes the transition and its line of history."""
    require(booking, verb, to, actor)
    before, booking.status = booking.status, to
    if to in _FINAL:
        fields.setdefault("closed_at", timezone.now())
    for name, value in fields.items():
        setattr(booking, name, value)
    booking.next_reminder_at = _next_reminder(booking)
    booking.save(update_fields=["status", "updated_at", "next_reminder_at", *fields])
    note(booking, verb, before, actor)


def _next_reminder(booking: Booking) -> datetime | None:
    """Only of what is agreed is anybody reminded."""
    if booking.status != Status.CONFIRMED:
        return None
    minutes = booking.professional.policy.reminder_minutes
    return next_reminder(starts_at=booking.starts_at, reminder_minutes=minutes, now=timezone.now())


def free_room(booking: Booking) -> None:
    """The room of a booking that freed its time is never entered again. After the money: that is the order of
    the locks."""
    if booking.meeting_id is not None:
        void_meeting(meeting_id=booking.meeting_id)


def lock_identity(identity: str) -> None:
    """Two practices that take the same person's time at once wait here, instead of deadlocking in the
    constraint. The last of all locks, so that there is no cycle."""
    if identity:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [identity])


def note(booking: Booking, verb: str, before: str, actor: Actor) -> None:
    BookingEvent.objects.create(
        booking=booking,
        verb=verb,
        from_status=before,
        to_status=booking.status,
        actor_kind=actor.kind,
        actor_id=actor.user_id,
    )
    note_booking(booking, verb, before, actor)


def tell(event: type[events.AppointmentEvent], booking: Booking, **facts: Any) -> None:
    """Publishes a domain event of this booking."""
    events.publish(
        event(
            booking_id=booking.pk,
            patient_id=booking.patient_id,
            professional_id=booking.professional_id,
            **facts,
        )
    )
