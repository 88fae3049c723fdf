"""`change_booking`: what is written about an appointment; its time is moved by `reschedule`."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient
from bookings.audited import subjects_of
from bookings.domain.lengths import NOTES, REASON, kept_reason
from bookings.domain.lifecycle_table import sources
from bookings.models import Booking
from bookings.services.transition import lock_booking, require_practice, wrong_state
from core import audit
from core.actor import Actor
from core.errors import Refused


@transaction.atomic
def change_booking(
    *, booking_id: UUID, actor: Actor, notes: str | None = None, reason: str | None = None
) -> Booking:
    """`notes` are the practice's own; `reason`, what it is about, is the patient's too, until it begins. None leaves
    as it is. Raises Refused (`already_begun`, `wrong_state`, `reason_too_long`, `patient_erased`), NotAllowed,
    Missing."""
    booking = lock_booking(booking_id)
    _require_on_record(booking)
    changed = ["updated_at"]
    if notes is not None:
        require_practice(actor)
        booking.notes = kept_reason(notes, NOTES, "notes")
        changed.append("notes")
    if reason is not None:
        if actor.kind == "patient":
            _require_ahead(booking)
        booking.reason = kept_reason(reason, REASON)
        changed.append("reason")
    booking.save(update_fields=changed)
    fields = " ".join(name for name in changed if name != "updated_at")
    audit.record("booking.changed", object=booking, subjects=subjects_of(booking.patient), fields=fields)
    return booking


def _require_on_record(booking: Booking) -> None:
    """Asked anew: what the lock brought along may be older than an erasure it waited for."""
    if not Patient.objects.filter(pk=booking.patient_id, erased_at=None).exists():
        raise Refused(
            _("This patient was erased: nothing is written about them any more."), code="patient_erased"
        )


def _require_ahead(booking: Booking) -> None:
    if booking.status not in sources("cancel"):
        raise wrong_state(booking)
    if timezone.now() >= booking.starts_at:
        raise Refused(_("This appointment has begun and cannot be changed any more."), code="already_begun")
