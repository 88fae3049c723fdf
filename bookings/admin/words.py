"""How staff read a booking: its times in the practice's zone, who did what, whether they were there, and its money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_lists import in_short
from accounts.models import Patient, Professional
from bookings.domain.lifecycle_table import Status
from bookings.models import Absent, Booking, BookingEvent, RequestStatus
from bookings.services.money import SUBJECT
from core.templatetags.ui import zone_name
from meetings.models import Presence
from payments.selectors import balances_of, has_open_question, payment_of
from payments.story import Line, names_of

# Labels of Unfold.
TONES: dict[str, str] = {
    Status.PENDING_PAYMENT: "warning",
    Status.WAITING_FOR_PROFESSIONAL: "info",
    Status.CONFIRMED: "success",
    Status.IN_PROGRESS: "primary",
    Status.CANCELLED: "danger",
    Status.REJECTED: "danger",
    Status.NO_SHOW: "danger",
    RequestStatus.PENDING: "info",
    RequestStatus.ACCEPTED: "success",
}

_WHAT: dict[str, str | Promise] = {
    "book": gettext_lazy("Booked"),
    "settle": gettext_lazy("Paid, or nothing to pay"),
    "revive": gettext_lazy("Paid late, while the time was still free"),
    "accept": gettext_lazy("Accepted"),
    "reject": gettext_lazy("Declined"),
    "expire": gettext_lazy("Expired"),
    "reschedule": gettext_lazy("Moved to another time"),
    "cancel": gettext_lazy("Cancelled"),
    "start": gettext_lazy("The meeting began"),
    "wait": gettext_lazy("Only one side came; the room waits again"),
    "finish": gettext_lazy("It took place"),
    "mark_no_show": gettext_lazy("The patient did not come"),
}


def moment(value: datetime, practice: Professional) -> SafeString:
    """ "Tue 24 Nov 2026, 09:30 (Bogotá)": wall time of the practice, whoever looks from wherever."""
    with timezone.override(practice.zone):
        return format_html(
            '<time class="whitespace-nowrap" datetime="{}">{}</time> ({})',
            value.isoformat(),
            in_short(value),
            zone_name(practice.timezone),
        )


def link(name: str, pk: UUID, words: str) -> SafeString:
    return format_html(
        '<a class="underline" href="{}">{}</a>', reverse(f"admin:{name}_change", args=[pk]), words
    )


def patient_link(patient: Patient) -> SafeString:
    return link("accounts_patient", patient.pk, patient.name or _("(erased)"))


def history_of(booking: Booking) -> list[Line]:
    """Latest first; two queries. Reasons that people gave are between them and the professional: not told."""
    events = list(booking.events.all())
    names = names_of({event.actor_id for event in events if event.actor_id and event.actor_kind == "staff"})
    return [
        Line(event.created_at, _what(booking, event), _who(booking, event, names))
        for event in reversed(events)
    ]


def _what(booking: Booking, event: BookingEvent) -> str:
    if event.verb == "cancel" and booking.absent == Absent.PROFESSIONAL:
        return _("Cancelled: the patient came, the professional did not")
    if event.verb == "expire" and booking.absent == Absent.BOTH:
        return _("Expired: nobody came")
    words = str(_WHAT.get(event.verb, event.verb))
    is_new = event.from_status != event.to_status
    return f"{words} → {Status(event.to_status).label}" if is_new else words


def _who(booking: Booking, event: BookingEvent, names: dict[UUID, str]) -> str:
    if event.actor_kind == "staff":
        return names.get(event.actor_id, _("staff")) if event.actor_id else _("staff")
    known = {"patient": _("the patient"), "professional": booking.professional.name}
    return known.get(event.actor_kind, _("by itself"))


@dataclass(frozen=True)
class Stay:
    """A stretch of time somebody was in the room."""

    who: str
    joined_at: datetime
    left_at: datetime | None


def stays_of(booking: Booking) -> Sequence[Stay]:
    if booking.meeting_id is None:
        return []
    rows = Presence.objects.filter(participant__meeting=booking.meeting_id).select_related("participant")
    return [
        Stay(row.participant.get_role_display(), row.joined_at, row.left_at)
        for row in rows.order_by("joined_at")
    ]


def money_of(booking: Booking) -> dict[str, Any]:
    """What was asked for, came, and went back; three queries at most."""
    payment = payment_of(SUBJECT, booking.pk)
    if payment is None:
        return {"payment": None}
    return {
        "payment": payment,
        "balance": balances_of([payment])[payment.pk],
        "in_question": has_open_question(payment),
    }
