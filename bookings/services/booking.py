"""`book`: a free start becomes a booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict
from uuid import UUID, uuid4

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, Role, User
from accounts.services import find_or_create_patient
from bookings import events
from bookings.lengths import REASON, kept_reason
from bookings.lifecycle_table import Status
from bookings.models import Booking, Channel, Service
from bookings.selectors import offered_services, open_holds_of
from bookings.services.asking import ask_professional
from bookings.services.money import SUBJECT
from bookings.services.room import new_meeting
from bookings.services.taking import races_in_words, require_free
from bookings.services.transition import lock_identity, lock_professional, note, require_actor, tell
from core.actor import Actor
from core.errors import Missing, NotAllowed, Refused
from core.references import new_reference
from payments.services import request_payment

# Unpaid times one person may hold at one practice: nobody keeps a whole day from others.
MAX_HOLDS = 3


@dataclass(frozen=True)
class PatientDetails:
    """Who comes, as typed. `language` and `timezone` are for what is written to them."""

    name: str
    email: str
    phone: str = ""
    reason: str = ""
    language: str = "es"
    timezone: str = ""


class Booker(TypedDict):
    """Who books, in the words of `book`."""

    actor: Actor
    channel: str
    user: User | None


def who_books(user: User | AnonymousUser | None) -> Booker:
    """A patient books by the account. Everybody else is a guest: what staff or a professional types here belongs
    to the patient they type it for, not to their own account."""
    if isinstance(user, User) and user.role == Role.PATIENT:
        return {"actor": Actor("patient", user.pk), "channel": Channel.ACCOUNT, "user": user}
    return {"actor": Actor("patient"), "channel": Channel.PUBLIC, "user": None}


def book(
    *,
    service: Service,
    starts_at: datetime,
    patient: PatientDetails,
    actor: Actor,
    channel: str = Channel.PUBLIC,
    user: User | None = None,
) -> Booking:
    """Books a free start (UTC). Pays later when something is owed: the time is held for `hold_minutes`.

    Raises Refused (`slot_not_available`, naming the rule; `too_many_holds`, `reason_too_long`), Conflict
    (`slot_taken` with `next_slots`, `patient_busy`), NotAllowed (`booking_closed`, `not_yours_to_do`), Missing
    (service gone).
    """
    require_actor("book", actor)
    with races_in_words(service), transaction.atomic():
        lock_professional(service.professional_id)
        service = _fresh(service.pk)
        require_free(service, starts_at)
        person = _patient(service, patient, user)
        _require_few_holds(service, person)
        return _create(service, starts_at, person, patient, actor, channel)


def _fresh(service_id: UUID) -> Service:
    service = offered_services().filter(pk=service_id).first()
    if service is None:
        raise Missing(_("This service is not offered."))
    require_open(service)
    return service


def require_open(service: Service) -> None:
    """Raises NotAllowed (`booking_closed`) when the practice takes no bookings from the public."""
    if not service.professional.policy.allow_public_booking:
        raise NotAllowed(_("This professional takes no bookings online."), code="booking_closed")


def _patient(service: Service, details: PatientDetails, user: User | None) -> Patient:
    return find_or_create_patient(
        professional=service.professional,
        name=details.name,
        email=details.email,
        phone=details.phone,
        language=details.language,
        timezone=details.timezone,
        user=user,
    )


def _require_few_holds(service: Service, patient: Patient) -> None:
    """Takes the person's lock, which keeps until the end: nobody holds one more meanwhile."""
    lock_identity(patient.email_index)
    if not service.is_free and open_holds_of(service.professional_id, patient.email_index) >= MAX_HOLDS:
        raise Refused(
            _("You hold %(number)s unpaid times here already. Please pay one of them or let it go first.")
            % {"number": MAX_HOLDS},
            code="too_many_holds",
        )


def _create(
    service: Service,
    starts_at: datetime,
    patient: Patient,
    details: PatientDetails,
    actor: Actor,
    channel: str,
) -> Booking:
    first_visit = not Booking.objects.filter(patient=patient).exists()
    booking = _row(service, starts_at, patient, details, channel)
    booking.save(force_insert=True)
    note(booking, "book", "", actor)
    tell(
        events.AppointmentBooked,
        booking,
        start_time=booking.starts_at,
        modality=booking.modality,
        duration=booking.duration_minutes,
        title=service.name,
        is_initial_consultation=first_visit,
    )
    if booking.is_free:
        ask_professional(booking, "settle", actor)
    else:
        _ask_for_payment(booking)
    return booking


def _ask_for_payment(booking: Booking) -> None:
    request_payment(
        subject_type=SUBJECT,
        subject_id=booking.pk,
        amount=booking.price,
        currency=booking.currency,
        payable_until=booking.hold_ends_at,
    )


def _row(
    service: Service, starts_at: datetime, patient: Patient, details: PatientDetails, channel: str
) -> Booking:
    ends_at = starts_at + timedelta(minutes=service.duration_minutes)
    hold = timezone.now() + timedelta(minutes=service.professional.policy.hold_minutes)
    booking = Booking(
        id=uuid4(),
        reference=new_reference("VC-", 8),
        professional=service.professional,
        patient=patient,
        service=service,
        status=Status.PENDING_PAYMENT,
        channel=channel,
        modality=service.modality,
        starts_at=starts_at,
        ends_at=ends_at,
        blocked_from=starts_at - timedelta(minutes=service.buffer_before_minutes),
        blocked_until=ends_at + timedelta(minutes=service.buffer_after_minutes),
        patient_identity=patient.email_index,
        price=service.price,
        currency=service.currency,
        meeting_limit_minutes=min(service.meeting_limit_minutes, service.duration_minutes),
        reason=kept_reason(details.reason, REASON),
        language=details.language,
        timezone=details.timezone,
        hold_ends_at=min(hold, ends_at),
    )
    if booking.has_meeting:
        booking.meeting = new_meeting(booking)
    return booking
