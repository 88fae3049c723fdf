"""What the audit says of appointments, requests and a practice's patients: names for the code, words for people."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Patient
from bookings.models import Booking, BookingRequest, Membership
from core import audit
from core.actor import Actor, ActorKind
from core.audit.trail import SYSTEM
from core.audit.words import Words

# A verb of a booking, as the audit calls it when it was done.
DONE = {
    "book": "booking.booked",
    "settle": "booking.settled",
    "revive": "booking.revived",
    "accept": "booking.accepted",
    "reject": "booking.rejected",
    "expire": "booking.expired",
    "reschedule": "booking.rescheduled",
    "cancel": "booking.cancelled",
    "start": "booking.started",
    "wait": "booking.put_back",
    "finish": "booking.finished",
    "mark_no_show": "booking.marked_no_show",
}

ACTIONS: Words = {
    "booking.booked": _("Appointment booked"),
    "booking.settled": _("Appointment paid, or nothing to pay"),
    "booking.revived": _("Appointment paid late, its time still free"),
    "booking.accepted": _("Appointment accepted"),
    "booking.rejected": _("Appointment declined"),
    "booking.expired": _("Appointment expired"),
    "booking.rescheduled": _("Appointment moved"),
    "booking.cancelled": _("Appointment cancelled"),
    "booking.started": _("Meeting started"),
    "booking.put_back": _("Only one side came; the room waits again"),
    "booking.finished": _("Appointment completed"),
    "booking.marked_no_show": _("Marked that the patient did not come"),
    "booking.changed": _("Notes or reason of an appointment changed"),
    "booking_request.made": _("Request for an appointment made"),
    "booking_request.accepted": _("Request for an appointment accepted"),
    "booking_request.rejected": _("Request for an appointment declined"),
    "booking_request.expired": _("Request for an appointment expired"),
    "booking_request.withdrawn": _("Request for an appointment withdrawn"),
    "patient.added": _("Patient added"),
    "patient.changed": _("Patient’s details changed"),
    "patient.merged": _("Two records of a patient merged"),
    "patient.removed": _("Patient removed"),
    "plan.added": _("Plan added"),
    "plan.changed": _("Plan changed"),
    "plan.offered": _("Plan put up for sale"),
    "plan.withdrawn": _("Sale of a plan ended"),
    "plan.removed": _("Plan removed"),
    "membership.asked_for": _("Plan chosen by a patient"),
    "membership.started": _("Membership paid"),
    "membership.let_go": _("Membership never paid; its payment closed"),
    "membership.taken_up": _("Membership goes on, its money is there again"),
    "membership.cancelled": _("Membership ended, its money goes back"),
    "policy.changed": _("Rules of a practice changed"),
    "patients.exported": _("List of patients taken along"),
    "bookings.exported": _("List of appointments taken along"),
    "statistics.exported": _("Statistics taken along"),
}


def note_booking(booking: Booking, verb: str, before: str, actor: Actor) -> None:
    """One verb of a booking's life; `booking.patient` is loaded."""
    audit.record(
        DONE[verb],
        object=booking,
        subjects=subjects_of(booking.patient),
        who=_who(actor.kind),
        by=actor.kind,
        before=before,
        after=booking.status,
    )


def subjects_of(row: Patient | BookingRequest) -> list[UUID]:
    """Whom it is about: none once the data key is destroyed."""
    return [row.data_key_id] if row.data_key_id is not None else []


def subjects_of_member(membership: Membership) -> list[UUID]:
    """The records of whoever bought it in that practice; its plan is loaded."""
    records = Patient.objects.filter(
        user=membership.user_id, professional=membership.plan.professional_id, data_key__isnull=False
    )
    return [key for key in records.values_list("data_key_id", flat=True) if key is not None]


def _who(kind: ActorKind) -> audit.Who | None:
    """What the clock does, or a gateway's word, is nobody's who happens to ask just then."""
    return SYSTEM if kind == "system" else None
