"""Appointments and requests of a patient who is erased: they stay, and lead to nobody."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.erasing import Ids, Part
from accounts.models import Patient
from accounts.names import same_name
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, BookingRequest, Membership, RequestStatus
from bookings.selectors import memberships
from bookings.services.money import SUBJECT
from core import audit
from core.errors import Refused
from core.fields import EncryptedTextField
from payments.selectors import is_unsettled

# Not ended in any way.
_OPEN = (Status.PENDING_PAYMENT, Status.WAITING_FOR_PROFESSIONAL, Status.CONFIRMED, Status.IN_PROGRESS)


def require_nothing_open(records: Collection[Patient]) -> None:
    """Raises Refused: `appointments_to_come`, `open_request`, `open_refund`."""
    bookings = Booking.objects.filter(patient__in=records)
    if bookings.filter(status__in=_OPEN).exists():
        raise Refused(
            _(
                "This patient has appointments that are not over. Cancel them first, so that everybody is told."
            ),
            code="appointments_to_come",
        )
    if any(request.status == RequestStatus.PENDING for request in _asked_by(records)):
        raise Refused(
            _("A request of this patient waits for an answer. Answer it first."), code="open_request"
        )
    bought = Membership.objects.filter(_bought_by(records))
    if is_unsettled(SUBJECT, bookings.values_list("pk", flat=True)) or is_unsettled(
        memberships.SUBJECT, bought.values_list("pk", flat=True)
    ):
        raise Refused(
            _(
                "Money of this patient is still on its way back. Settle it first: nobody could be asked later."
            ),
            code="open_refund",
        )


def keys_of_requests(records: Ids) -> list[UUID]:
    """Requests are sealed under keys of their own."""
    asked = _asked_by(Patient.objects.filter(pk__in=records).select_related("data_key"))
    return [request.data_key_id for request in asked if request.data_key_id is not None]


def forget(records: Ids, keys: Ids) -> None:
    """Who it was, what they wrote and every link to it; the times and prices stay."""
    Booking.objects.filter(patient__in=records).update(
        **_emptied(Booking), patient_identity="", timezone="", link_version=F("link_version") + 1
    )
    BookingRequest.objects.filter(data_key__in=keys).update(
        **_emptied(BookingRequest), email_index="", timezone="", user=None
    )


def keeps(records: Collection[Patient]) -> bool:
    """Where a consultation took place, or the practice wrote something down, there may be a clinical record."""
    bookings = Booking.objects.filter(patient__in=records)
    if bookings.filter(status=Status.COMPLETED).exists():
        return True
    with audit.unseen():
        noted = bookings.select_related("patient__data_key").iterator()
        return any(record.notes for record in records) or any(booking.notes for booking in noted)


ERASING = Part(forget=forget, keys=keys_of_requests, require=require_nothing_open, keeps=keeps)


def _bought_by(records: Collection[Patient]) -> Q:
    """Memberships belong to the account, which stays; but who is owed money could not be asked any more."""
    theirs = [
        Q(user=record.user_id, plan__professional=record.professional_id)
        for record in records
        if record.user_id is not None
    ]
    return Q(*theirs, _connector=Q.OR) if theirs else Q(pk__in=[])


def _asked_by(records: Collection[Patient] | QuerySet[Patient]) -> list[BookingRequest]:
    """What became an appointment of theirs, and what they asked for without one: same practice, same e-mail, same
    name, as whoever books is recognised. A namesake's request under another name on a shared e-mail is not theirs."""
    booked = Q(booking__patient__in=[record.pk for record in records])
    alike = Q(
        *(
            Q(professional_id=record.professional_id, email_index=record.email_index)
            for record in records
            if record.email_index
        ),
        _connector=Q.OR,
    )
    found = BookingRequest.objects.select_related("data_key").filter(booked | alike if alike else booked)
    with audit.unseen():
        names = [record.name for record in records]
        return [
            request
            for request in found.distinct()
            if request.booking_id is not None or any(same_name(request.name, name) for name in names)
        ]


def _emptied(model: type[Booking | BookingRequest]) -> dict[str, str]:
    return {field.name: "" for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)}
