"""The verbs of a practice's patients: add, change, remove, merge. What becomes of their bookings is part of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, Professional, User
from accounts.selectors import patient_of
from accounts.services import (
    absorb_duplicate,
    create_patient,
    delete_patient,
    joined_notes,
    known_patient,
    write_details,
)
from bookings import events
from bookings.audited import subjects_of
from bookings.domain.lengths import NOTES, kept_reason
from bookings.domain.lifecycle_table import HOLDING, Status
from bookings.domain.patient_details import Details, checked
from bookings.events import patients as patient_events
from bookings.models import Booking
from bookings.selectors.memberships import has_bought
from bookings.services.transition import lock_identity, lock_professional, require_practice, tell
from core import audit
from core.actor import Actor
from core.errors import Conflict, Missing, Refused
from core.fields import EncryptedTextField

# Sealed under the patient's key.
_TEXTS = [field.name for field in Booking._meta.concrete_fields if isinstance(field, EncryptedTextField)]


@transaction.atomic
def add_patient(
    *,
    professional: Professional,
    name: str,
    email: str = "",
    phone: str = "",
    language: str,
    timezone: str = "",
    notes: str = "",
) -> Patient:
    """Somebody new in the practice. Raises Refused, naming the field, and Conflict (`patient_exists` with the id
    as `patient`)."""
    details = checked(
        {
            "name": name,
            "email": email,
            "phone": phone,
            "language": language,
            "timezone": timezone,
            "notes": notes,
        }
    )
    practice = lock_professional(professional.pk)
    _require_new(practice, details["name"], details["email"])
    patient = create_patient(professional=practice, user=None, **details)
    _tell(patient_events.PatientAdded, patient)
    return patient


def change_patient(*, patient_id: UUID, actor: Actor, **changes: Unpack[Details]) -> Patient:
    """What is not given stays. Appointments to come go with a new e-mail: nobody is in two places at once, and an
    account stays linked only where it has verified the new address.

    Raises Refused, naming the field; Conflict: `patient_exists` with the id as `patient`, `patient_busy`;
    NotAllowed, Missing.
    """
    require_practice(actor)
    return _change(patient_id, checked(changes))


def readdress_records(*, user_id: UUID, old_index: str) -> None:
    """An account has another address: the records of its person that had the old one (by its blind index) get the
    new one, as if each practice had written it. A record that cannot have it stays as it is. Idempotent."""
    user = User.objects.get(pk=user_id)
    if user.closed_at:
        return
    theirs = Patient.objects.filter(user=user, email_index=old_index, merged_into=None)
    for patient_id in theirs.values_list("pk", flat=True):
        with suppress(Conflict, Missing):
            _change(patient_id, checked({"email": user.email}))


def _change(patient_id: UUID, details: dict[str, Any]) -> Patient:
    with _clash_in_words("email"), transaction.atomic():
        patient = _lock(patient_id)
        if changed := write_details(patient=patient, details=details):
            if {"name", "email"} & {*changed}:
                _require_new(patient.professional, patient.name, patient.email, besides=patient)
            _follow_identity(patient)
            if "email" in changed:
                _renew_links(Booking.objects.filter(patient=patient))
            _tell(patient_events.PatientChanged, patient)
        return patient


@transaction.atomic
def remove_patient(*, patient_id: UUID, actor: Actor) -> None:
    """Destroys record and data key. Raises Refused (`has_bookings`, `has_plan`), NotAllowed, Missing."""
    require_practice(actor)
    patient = _lock(patient_id)
    if Booking.objects.filter(patient=patient).exists():
        raise Refused(
            _("This patient has appointments, past or to come, and is kept with them."), code="has_bookings"
        )
    if has_bought(patient.user_id, patient.professional):
        raise Refused(_("This patient has bought a plan of yours, and is kept with it."), code="has_plan")
    _tell(patient_events.PatientRemoved, patient)
    delete_patient(patient=patient)


def merge_patients(*, keep_id: UUID, other_id: UUID, actor: Actor) -> Patient:
    """Two records of one person become one: bookings and notes of the other move to the keeper, who takes over
    the contact that is missing. What was sent under the other's key can still be read.

    Raises Refused (`same_patient`, `different_accounts`, `reason_too_long` for the notes together), Conflict
    (`patient_busy`), NotAllowed, Missing, as for two of different practices.
    """
    require_practice(actor)
    if keep_id == other_id:
        raise Refused(_("These are not two records, but one."), code="same_patient", attr="other")
    with _clash_in_words("other"), transaction.atomic():
        keep = _lock(keep_id)
        other = patient_of(keep.professional, other_id)
        kept_reason(joined_notes(keep, other), NOTES, "notes")
        moved = _move_bookings(other, keep)
        written_to = other.email_index
        absorb_duplicate(keep=keep, other=other)
        if written_to != keep.email_index:
            _renew_links(Booking.objects.filter(pk__in=moved))
        _follow_identity(keep)
        _tell(patient_events.PatientMerged, keep, merged_id=other_id)
        return keep


def _lock(patient_id: UUID) -> Patient:
    """The patient as they are now; the practice's lock keeps others from writing. Raises Missing."""
    professional_id = Patient.objects.filter(pk=patient_id).values_list("professional_id", flat=True).first()
    if professional_id is None:
        raise Missing(_("We could not find this patient."))
    return patient_of(lock_professional(professional_id), patient_id)


def _require_new(practice: Professional, name: str, email: str, besides: Patient | None = None) -> None:
    known = known_patient(professional=practice, name=name, email=email, besides=besides)
    if known is not None:
        raise Conflict(
            _("There is already a patient with this name and this e-mail."),
            code="patient_exists",
            attr="email",
            extra={"patient": str(known.pk)},
        )


def _renew_links(bookings: QuerySet[Booking]) -> None:
    """Whoever was written to at another address has no way in any more; what is to come is sent to the new one."""
    bookings.update(link_version=F("link_version") + 1)
    open_ones = bookings.filter(status__in=HOLDING, ends_at__gt=timezone.now())
    for booking in open_ones.exclude(status=Status.COMPLETED).order_by("pk"):
        tell(events.AppointmentReaddressed, booking)


def _move_bookings(other: Patient, keep: Patient) -> list[UUID]:
    """Those of every status; their texts are opened with one key and sealed with the other. Two queries, and one
    for each booking: each row is sealed by itself."""
    bookings = Booking.objects.select_related("patient__data_key").filter(patient=other).order_by("pk")
    rows = list(bookings.select_for_update(of=("self",), no_key=True))
    for booking in rows:
        texts = {name: getattr(booking, name) for name in _TEXTS}
        booking.patient = keep
        for name, text in texts.items():
            setattr(booking, name, text)
        booking.save(update_fields=["patient", "updated_at", *texts])
    return [booking.pk for booking in rows]


def _follow_identity(patient: Patient) -> None:
    """Appointments not over yet count for the person of this e-mail. Those that are over disturb nobody."""
    coming = Booking.objects.filter(patient=patient, ends_at__gt=timezone.now())
    elsewhere = coming.exclude(patient_identity=patient.email_index).order_by("pk")
    ids = list(elsewhere.select_for_update(no_key=True).values_list("pk", flat=True))
    if ids:
        lock_identity(patient.email_index)
        Booking.objects.filter(pk__in=ids).update(patient_identity=patient.email_index)


@contextmanager
def _clash_in_words(attr: str) -> Iterator[None]:
    """The database keeps a person from being in two places at once. The words do not say where else: that is not
    for a practice to learn."""
    try:
        yield
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "booking_patient_once":
            raise
        raise Conflict(
            _("An appointment of this patient cannot be kept under this e-mail. Please move it first."),
            code="patient_busy",
            attr=attr,
        ) from error


def _tell(event: type[patient_events.PatientEvent], patient: Patient, **facts: Any) -> None:
    ids: dict[str, Any] = {name: str(value) for name, value in facts.items()}
    audit.record(event.action(), object=patient, subjects=subjects_of(patient), **ids)
    patient_events.publish(event(patient_id=patient.pk, professional_id=patient.professional_id, **facts))
