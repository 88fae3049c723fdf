"""`book`: a free start becomes a booking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from accounts.services import find_or_create_patient
from bookings import events, schedule
from bookings.lengths import REASON, kept_reason
from bookings.lifecycle_table import Status
from bookings.models import Booking, Channel, Service
from bookings.selectors import next_free_slots, open_holds_of
from bookings.services.asking import ask_professional
from bookings.services.money import SUBJECT
from bookings.services.room import new_meeting
from bookings.services.transition import lock_identity, lock_professional, note, tell
from bookings.slots import Refusal
from core.actor import Actor
from core.errors import Conflict, Missing, NotAllowed, Refused
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
    (`slot_taken` with `next_slots`, `patient_busy`), NotAllowed (`booking_closed`), Missing (service gone).
    """
    try:
        with transaction.atomic():
            lock_professional(service.professional_id)
            service = _fresh(service.pk)
            require_free(service, starts_at)
            return _create(service, starts_at, patient, actor, channel, user)
    except IntegrityError as error:
        raise lost_race(service, error) from error
    except Conflict as conflict:
        raise with_next_slots(conflict, service) from None


def _fresh(service_id: UUID) -> Service:
    service = (
        Service.objects.select_related("professional__policy", "professional__user")
        .filter(pk=service_id, is_active=True)
        .first()
    )
    if service is None:
        raise Missing(_("This service is not offered."))
    if not service.professional.policy.allow_public_booking:
        raise NotAllowed(_("This professional takes no bookings online."), code="booking_closed")
    return service


def require_free(service: Service, starts_at: datetime, *, without_booking: UUID | None = None) -> None:
    """Raises Refused or Conflict unless the schedule offers this start."""
    end = starts_at + timedelta(minutes=service.duration_minutes)
    refusals = schedule.load(service, starts_at, end, without_booking=without_booking).refusals(starts_at)
    if not refusals:
        return
    if refusals == [Refusal.TAKEN]:
        raise slot_taken()
    reasons = {
        Refusal.PAST: _("This time is already past."),
        Refusal.TOO_SOON: _("This time is too soon: the professional needs more notice."),
        Refusal.TOO_FAR: _("This time is too far ahead: bookings are not open so late yet."),
        Refusal.TIME_OFF: _("The professional is away at this time."),
        Refusal.CLOSED: _("The professional does not work at this time."),
        Refusal.OFF_GRID: _("Appointments do not start at this minute."),
        Refusal.TAKEN: _("This time has just been taken."),
    }
    raise Refused(
        reasons[refusals[0]],
        code="slot_not_available",
        attr="start",
        extra={"reasons": [str(refusal) for refusal in refusals]},
    )


def slot_taken() -> Conflict:
    return Conflict(
        _("Somebody has just taken this time. Please choose another one."), code="slot_taken", attr="start"
    )


def with_next_slots(conflict: Conflict, service: Service) -> Conflict:
    """Adds what is free instead; looked up after the transaction, so that nobody waits for it."""
    if conflict.code == "slot_taken":
        conflict.extra["next_slots"] = next_free_slots(service=service)
    return conflict


def lost_race(service: Service, error: IntegrityError) -> Exception:
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    if constraint == "booking_professional_once":
        return with_next_slots(slot_taken(), service)
    if constraint == "booking_patient_once":
        return Conflict(
            _("You already have another appointment at this time."), code="patient_busy", attr="start"
        )
    return error


def _create(
    service: Service,
    starts_at: datetime,
    details: PatientDetails,
    actor: Actor,
    channel: str,
    user: User | None,
) -> Booking:
    patient = find_or_create_patient(
        professional=service.professional,
        name=details.name,
        email=details.email,
        phone=details.phone,
        language=details.language,
        timezone=details.timezone,
        user=user,
    )
    lock_identity(patient.email_index)
    if not service.is_free and open_holds_of(service.professional_id, patient.email_index) >= MAX_HOLDS:
        raise Refused(
            _("You hold %(number)s unpaid times here already. Please pay one of them or let it go first.")
            % {"number": MAX_HOLDS},
            code="too_many_holds",
        )
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
        request_payment(
            subject_type=SUBJECT,
            subject_id=booking.pk,
            amount=booking.price,
            currency=booking.currency,
            payable_until=booking.hold_ends_at,
        )
    return booking


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
