"""Booking requests: a wish without a slot is asked for, then turned into a booking, declined, or expires.

Locks: Professional, BookingRequest, then those of the booking.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Patient, User
from bookings.audited import subjects_of
from bookings.domain.lengths import REASON, kept_reason
from bookings.domain.lifecycle_table import PRACTICE
from bookings.events import requests as request_events
from bookings.models import Booking, BookingRequest, PartOfDay, RequestStatus, Service
from bookings.selectors import offered_services
from bookings.selectors.requests import whole_requests
from bookings.services.booking import PatientDetails, require_open
from bookings.services.manual import book_by_hand
from bookings.services.transition import lock_professional
from core import audit
from core.actor import SYSTEM, Actor, ActorKind
from core.errors import Missing, NotAllowed, Refused
from core.models import DataKey

# Requests one person may have open at one practice: nobody fills its list.
MAX_PENDING = 3
# How far ahead one may wish.
FARTHEST_WISH = timedelta(days=365)
# How long a wish stays without an answer: until its days are over, but nobody is left waiting for a whole season.
ANSWER_WITHIN, LONGEST_WAIT = timedelta(days=14), timedelta(days=90)

# Its time is over by the database's clock.
DUE = Q(status=RequestStatus.PENDING, expires_at__lte=Now())

# What becomes of a pending request, and who may say so.
_WHO: dict[RequestStatus, frozenset[ActorKind]] = {
    RequestStatus.PENDING: frozenset({"patient"}),
    RequestStatus.ACCEPTED: PRACTICE,
    RequestStatus.REJECTED: PRACTICE,
    RequestStatus.EXPIRED: frozenset({"system"}),
    RequestStatus.WITHDRAWN: frozenset({"patient", "staff"}),
}


def request_booking(
    *,
    service: Service,
    patient: PatientDetails,
    message: str = "",
    preferred_from: date | None = None,
    preferred_until: date | None = None,
    part_of_day: str = PartOfDay.ANY,
    user: User | None = None,
    actor: Actor,
) -> BookingRequest:
    """Keeps a wish for the practice to answer; nobody's time is taken. Days are the patient's own, both included.

    Raises Refused (`date_past`, `date_too_far`, `dates_order`, `too_many_requests`, `reason_too_long`), NotAllowed
    (`booking_closed`, `patients_only`, `not_yours_to_do`), Missing (service gone).
    """
    _require_actor(RequestStatus.PENDING, actor)
    zone = ZoneInfo(patient.timezone or service.professional.timezone)
    _require_days(preferred_from, preferred_until, timezone.localdate(timezone=zone))
    with transaction.atomic():
        lock_professional(service.professional_id)
        request = _row(_offered(service.pk, user), patient, user)
        _require_few(request)
        request.message = kept_reason(message, REASON, "message")
        request.preferred_from, request.preferred_until = preferred_from, preferred_until
        request.part_of_day = part_of_day
        request.expires_at = _expires_at(preferred_until or preferred_from, zone)
        request.save(force_insert=True)
        _tell(request_events.RequestMade, request)
    return request


@transaction.atomic
def accept_request(
    *,
    request_id: UUID,
    service: Service,
    starts_at: datetime,
    actor: Actor,
    outside_hours: bool = False,
    pays_at_practice: bool = False,
) -> Booking:
    """Books `starts_at` (UTC) by hand for whoever asked, in their language and zone and for their account.

    Raises what `book_by_hand` raises, Refused `wrong_state`, NotAllowed, Missing (no such request; a service of
    another practice).
    """
    request = _lock_with_professional(request_id)
    _require(request, RequestStatus.ACCEPTED, actor)
    if service.professional_id != request.professional_id:
        raise Missing(_("This service is not offered."))
    booking = book_by_hand(
        service=service,
        starts_at=starts_at,
        patient=_who_asked(request),
        user=request.user,
        actor=actor,
        outside_hours=outside_hours,
        pays_at_practice=pays_at_practice,
    )
    _answer(request, RequestStatus.ACCEPTED, booking=booking)
    _tell(request_events.RequestAccepted, request, booking_id=booking.pk)
    return booking


@transaction.atomic
def reject_request(*, request_id: UUID, actor: Actor, reason: str = "") -> BookingRequest:
    """Whoever asked reads the reason. Raises Refused (`wrong_state`, `reason_too_long`), NotAllowed, Missing."""
    request = _lock(request_id)
    _require(request, RequestStatus.REJECTED, actor)
    _answer(request, RequestStatus.REJECTED, closing_reason=kept_reason(reason))
    _tell(request_events.RequestRejected, request)
    return request


@transaction.atomic
def expire_request(*, request_id: UUID) -> BookingRequest:
    """Nobody answered in time. Raises Refused (`wrong_state`, `not_due`), Missing."""
    request = _lock(request_id)
    _require(request, RequestStatus.EXPIRED, SYSTEM)
    if not BookingRequest.objects.filter(DUE, pk=request.pk).exists():
        raise Refused(_("This request still has time."), code="not_due")
    _answer(request, RequestStatus.EXPIRED)
    _tell(request_events.RequestExpired, request)
    return request


@transaction.atomic
def withdraw_request(*, request_id: UUID, actor: Actor) -> BookingRequest:
    """Whoever asked does not want it any more. Raises Refused (`wrong_state`), NotAllowed, Missing."""
    request = _lock(request_id)
    _require(request, RequestStatus.WITHDRAWN, actor)
    _answer(request, RequestStatus.WITHDRAWN)
    _tell(request_events.RequestWithdrawn, request)
    return request


def _offered(service_id: UUID, user: User | None) -> Service:
    """As it is now. Raises Missing, and NotAllowed where this person may book nothing."""
    service = offered_services().filter(pk=service_id).first()
    if service is None:
        raise Missing(_("This service is not offered."))
    require_open(service, user)
    return service


def _require_days(first: date | None, last: date | None, today: date) -> None:
    for name, day in (("preferred_from", first), ("preferred_until", last)):
        if day is not None and day < today:
            raise Refused(_("This day is already past."), code="date_past", attr=name)
        if day is not None and day > today + FARTHEST_WISH:
            raise Refused(_("This day is more than a year away."), code="date_too_far", attr=name)
    if first is not None and last is not None and last < first:
        raise Refused(_("The last day is before the first."), code="dates_order", attr="preferred_until")


def _require_few(request: BookingRequest) -> None:
    """Under the professional's lock, which keeps until the end: nobody asks once more meanwhile."""
    pending = BookingRequest.objects.filter(
        professional=request.professional, email_index=request.email_index, status=RequestStatus.PENDING
    )
    if pending.count() >= MAX_PENDING:
        raise Refused(
            _("%(number)s requests of yours wait for an answer here already.") % {"number": MAX_PENDING},
            code="too_many_requests",
        )


def _row(service: Service, patient: PatientDetails, user: User | None) -> BookingRequest:
    return BookingRequest(
        professional=service.professional,
        service=service,
        user=user,
        data_key=DataKey.create(),
        name=" ".join(patient.name.split()),
        email=patient.email.strip(),
        email_index=Patient.index_of_email(patient.email),
        phone=patient.phone.strip(),
        language=patient.language,
        timezone=patient.timezone,
    )


def _expires_at(last: date | None, zone: ZoneInfo) -> datetime:
    """`ANSWER_WITHIN` from now, or when the last day that was wished for is over."""
    now = timezone.now()
    over = datetime.combine(last + timedelta(days=1), time(0), zone) if last else now
    return min(max(now + ANSWER_WITHIN, over), now + LONGEST_WAIT)


def _who_asked(request: BookingRequest) -> PatientDetails:
    """Their words come along, as what the appointment is about."""
    return PatientDetails(
        name=request.name,
        email=request.email,
        phone=request.phone,
        reason=request.message,
        language=request.language,
        timezone=request.timezone,
    )


def _lock(request_id: UUID) -> BookingRequest:
    """The request as it is now, held until the transaction ends. Raises Missing."""
    locked = whole_requests().select_for_update(of=("self",), no_key=True)
    request = locked.filter(pk=request_id).first()
    if request is None:
        raise Missing
    return request


def _lock_with_professional(request_id: UUID) -> BookingRequest:
    """Both locks in their order. Raises Missing."""
    known = BookingRequest.objects.filter(pk=request_id)
    professional_id = known.values_list("professional_id", flat=True).first()
    if professional_id is None:
        raise Missing
    lock_professional(professional_id)
    return _lock(request_id)


def _require_actor(to: RequestStatus, actor: Actor) -> None:
    if actor.kind not in _WHO[to]:
        raise NotAllowed(_("This is not for you to do."), code="not_yours_to_do")


def _require(request: BookingRequest, to: RequestStatus, actor: Actor) -> None:
    """Raises NotAllowed (`not_yours_to_do`), and Refused (`wrong_state`) once it has been answered."""
    _require_actor(to, actor)
    if request.status != RequestStatus.PENDING:
        raise Refused(
            _("This request is “%(status)s”: that is not possible now.")
            % {"status": request.get_status_display()},
            code="wrong_state",
            extra={"status": request.status},
        )


def _answer(request: BookingRequest, status: RequestStatus, **fields: Any) -> None:
    fields |= {"status": status, "answered_at": timezone.now()}
    for name, value in fields.items():
        setattr(request, name, value)
    request.save(update_fields=list(fields))


def _tell(event: type[request_events.RequestEvent], request: BookingRequest, **facts: Any) -> None:
    ids: dict[str, Any] = {name: str(value) for name, value in facts.items()}
    audit.record(event.action(), object=request, subjects=subjects_of(request), **ids)
    request_events.publish(
        event(
            request_id=request.pk,
            professional_id=request.professional_id,
            service_id=request.service_id,
            **facts,
        )
    )
