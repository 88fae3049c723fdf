"""`book_by_hand`: the practice writes an appointment into its own calendar."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Patient, User
from accounts.selectors import patient_of
from accounts.services import find_or_create_patient
from bookings.discretion import discreet
from bookings.models import Booking, Channel, Service
from bookings.services.booking import PatientDetails
from bookings.services.creating import Terms, create
from bookings.services.limits import another_waits_now, maximum_meetings
from bookings.services.taking import races_in_words, require_free_by_hand
from bookings.services.transition import lock_identity, lock_professional, require_practice
from core.actor import Actor
from core.errors import Missing, Refused

# Minutes. Whom the practice has booked learns of it by letter, and reads letters when there is time.
TIME_TO_PAY = 24 * 60
EMAIL_NEEDED = gettext_lazy(
    "To pay online the patient needs an e-mail. Enter one, or mark it as paid at the practice."
)


def book_by_hand(
    *,
    service: Service,
    starts_at: datetime,
    patient: Patient | PatientDetails,
    actor: Actor,
    reason: str = "",
    outside_hours: bool = False,
    pays_at_practice: bool = False,
    user: User | None = None,
) -> Booking:
    """Books a start (UTC) for a patient on record, or for somebody new, whose account may be `user`. Notice, horizon
    and a closed public calendar do not matter; with `outside_hours` neither do the hours, time off, the step and
    the most appointments a day. What is past or taken is never booked.

    Confirmed at once when nothing is owed online; else the patient is sent a link to pay, and the time is held for
    a day, or until it is over. Raises Refused (`slot_not_available`, naming the rules; `email_needed`,
    `max_meetings`, `reason_too_long`), Conflict (`slot_taken` with `next_slots`), NotAllowed, Missing.
    """
    require_practice(actor)
    with discreet(), races_in_words(service, starts_at, by_hand=True), transaction.atomic():
        lock_professional(service.professional_id)
        service = _fresh(service.pk)
        require_free_by_hand(service, starts_at, outside_hours=outside_hours)
        person = _patient(service, patient, user)
        lock_identity(person.email_index)
        terms = _terms(service, patient, reason, pays_at_practice, person.user)
        booking = create(service, starts_at, person, terms, actor)
        _require_possible(booking)
        return booking


def _fresh(service_id: UUID) -> Service:
    services = Service.objects.select_related("professional__policy", "professional__user")
    service = services.filter(
        pk=service_id,
        is_active=True,
        professional__policy__isnull=False,
        # Asked under the lock: whoever has just left takes no more appointments.
        professional__user__is_active=True,
    ).first()
    if service is None:
        raise Missing(_("This service is not offered."))
    return service


def _patient(service: Service, given: Patient | PatientDetails, user: User | None) -> Patient:
    """Raises Missing for a patient of another practice, or one merged away meanwhile."""
    if isinstance(given, PatientDetails):
        return find_or_create_patient(
            professional=service.professional,
            name=given.name,
            email=given.email,
            phone=given.phone,
            language=given.language,
            timezone=given.timezone,
            user=user,
        )
    return patient_of(service.professional, given.pk)


def _terms(
    service: Service,
    patient: Patient | PatientDetails,
    reason: str,
    pays_at_practice: bool,
    member: User | None,
) -> Terms:
    professional = service.professional
    details = patient.reason if isinstance(patient, PatientDetails) else ""
    return Terms(
        channel=Channel.MANUAL,
        hold_minutes=TIME_TO_PAY,
        reason=reason or details,
        language=patient.language or professional.user.language,
        timezone=patient.timezone or professional.timezone,
        pays_at_practice=pays_at_practice,
        member=member,
    )


def _require_possible(booking: Booking) -> None:
    if booking.is_paid_online and not booking.patient.email:
        raise Refused(
            str(EMAIL_NEEDED),
            code="email_needed",
            attr="email",
        )
    if not booking.is_paid_online and another_waits_now(booking):
        raise maximum_meetings()
