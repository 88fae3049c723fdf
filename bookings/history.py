"""A booking's history in plain words: what happened, who did it, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.domain.lifecycle_table import Status
from bookings.models import Absent, Booking, BookingEvent

Words = str | Promise


@dataclass(frozen=True)
class Line:
    """`who` is empty for what happened by itself; `reason` holds the words given with it, where still known."""

    what: Words
    who: Words
    at: datetime
    reason: str = ""


def history_of(booking: Booking, reader: UUID) -> list[Line]:
    """All that happened, latest first; `reader` is the user whose own doings read "you". One query."""
    events = list(booking.events.all())
    last_move = max((event.pk for event in events if event.verb == "reschedule"), default=0)
    return [
        Line(_what(booking, event), _who(event, reader), event.created_at, _reason(booking, event, last_move))
        for event in reversed(events)
    ]


def _what(booking: Booking, event: BookingEvent) -> Words:
    if event.verb in {"settle", "revive"}:
        return _settled(booking, event)
    if event.verb == "reschedule" and event.to_status != event.from_status:
        return _("Moved to another time; your answer is asked for again")
    if event.verb == "cancel" and booking.absent == Absent.PROFESSIONAL:
        return _("Closed: the patient came, the professional did not")
    if event.verb == "expire":
        return _EXPIRED.get(event.from_status, _("Expired"))
    return _WHAT.get(event.verb, _("Changed"))


_WHAT: dict[str, Words] = {
    "book": _("Booked"),
    "accept": _("Accepted"),
    "reject": _("Declined"),
    "reschedule": _("Moved to another time"),
    "cancel": _("Cancelled"),
    "start": _("The meeting began"),
    "wait": _("Only one side came; the room waits again"),
    "finish": _("It took place"),
    "mark_no_show": _("The patient did not come"),
}
_EXPIRED: dict[str, Words] = {
    Status.PENDING_PAYMENT: _("Expired: it was not paid in time"),
    Status.WAITING_FOR_PROFESSIONAL: _("Expired: it was not answered in time"),
    Status.CONFIRMED: _("Closed: nobody came"),
}


def _settled(booking: Booking, event: BookingEvent) -> Words:
    """Money arrived, or none is asked for: then it went straight on."""
    confirmed = event.to_status == Status.CONFIRMED
    if event.verb == "revive":
        return _("Paid late, while the time was still free")
    if booking.is_free or booking.pays_at_practice:
        return _("Confirmed") if confirmed else _("Your answer is asked for")
    return _("Paid and confirmed") if confirmed else _("Paid; your answer is asked for")


def _who(event: BookingEvent, reader: UUID) -> Words:
    if event.actor_kind == "professional":
        return _("you") if event.actor_id in {None, reader} else _("the professional")
    return {"patient": _("the patient"), "staff": _("staff")}.get(event.actor_kind, "")


def _reason(booking: Booking, event: BookingEvent, last_move: int) -> str:
    if event.verb in {"cancel", "reject"}:
        return booking.closing_reason
    return booking.move_reason if event.pk == last_move else ""
