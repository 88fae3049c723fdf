"""What every way of booking shares: the row, its room, what is owed. The caller holds the professional's lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.models import Patient, User
from bookings import events
from bookings.domain.lengths import REASON, kept_reason
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, Service
from bookings.selectors.memberships import member_terms
from bookings.services.asking import ask_professional
from bookings.services.money import SUBJECT
from bookings.services.room import new_meeting
from bookings.services.transition import note, tell
from core.actor import Actor
from core.references import new_reference
from payments.services import request_payment


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a booking comes about. `hold_minutes` is the time to pay; `language` and `timezone` are for what is
    written to the patient. `member`: by whose memberships it may cost less; nobody's for a guest."""

    channel: str
    hold_minutes: int
    reason: str
    language: str
    timezone: str
    pays_at_practice: bool = False
    member: User | None = None


def create(service: Service, starts_at: datetime, patient: Patient, terms: Terms, actor: Actor) -> Booking:
    """A new booking of a start (UTC) that was found free: held until it is paid, or settled where nothing is owed
    online. Raises Refused `reason_too_long`; the database, IntegrityError."""
    first_visit = not Booking.objects.filter(patient=patient).exists()
    booking = _row(service, starts_at, patient, terms)
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
        channel=str(booking.channel),
        awaits_payment=booking.is_paid_online,
    )
    if booking.is_paid_online:
        _ask_for_payment(booking)
    else:
        ask_professional(booking, "settle", actor)
    return booking


def _ask_for_payment(booking: Booking) -> None:
    request_payment(
        subject_type=SUBJECT,
        subject_id=booking.pk,
        amount=booking.price,
        currency=booking.currency,
        payable_until=booking.hold_ends_at,
        gateways=booking.professional.policy.gateways,
    )


def _row(service: Service, starts_at: datetime, patient: Patient, terms: Terms) -> Booking:
    ends_at = starts_at + timedelta(minutes=service.duration_minutes)
    policy = service.professional.policy
    hold = timezone.now() + timedelta(minutes=terms.hold_minutes)
    # Uses are counted under the professional's lock, so that nobody has one more than there are.
    as_member = member_terms(user=terms.member, service=service, starts_at=starts_at)
    price = as_member.price if as_member else service.price
    booking = Booking(
        id=uuid4(),
        reference=new_reference("VC-", 8),
        professional=service.professional,
        patient=patient,
        service=service,
        status=Status.PENDING_PAYMENT,
        channel=terms.channel,
        modality=service.modality,
        starts_at=starts_at,
        ends_at=ends_at,
        blocked_from=starts_at - timedelta(minutes=service.buffer_before_minutes),
        blocked_until=ends_at + timedelta(minutes=service.buffer_after_minutes),
        patient_identity=patient.email_index,
        price=price,
        currency=service.currency,
        membership=as_member.membership if as_member else None,
        pays_at_practice=terms.pays_at_practice and price > 0,
        cancellation_hours=policy.cancellation_hours,
        late_refund_percent=policy.late_refund_percent,
        meeting_limit_minutes=min(service.meeting_limit_minutes, service.duration_minutes),
        reason=kept_reason(terms.reason, REASON),
        language=terms.language,
        timezone=terms.timezone,
        hold_ends_at=min(hold, ends_at),
    )
    if booking.has_meeting:
        booking.meeting = new_meeting(booking)
    return booking
