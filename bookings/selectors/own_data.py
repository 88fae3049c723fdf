"""All that is kept about one person, for that person to take along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import translation

from accounts.models import Patient, User
from bookings.letters import TO_PROFESSIONAL
from bookings.models import Booking, BookingRequest, Membership
from bookings.selectors.memberships import SUBJECT as MEMBERSHIP
from bookings.selectors.memberships import memberships_of
from bookings.services.money import SUBJECT as BOOKING
from notifications.models import Message, Notification
from notifications.selectors import messages_about, notifications_of
from notifications.wording import words_of
from payments.models import Payment
from payments.selectors import payments_of
from payments.totals import went_back


def everything_of(user: User) -> dict[str, Any]:
    """The account, and for each practice the record with appointments, requests and money; plans bought; what the
    person was told. Plain values, in a number of queries that does not grow. What a professional notes for themselves
    is the practice's to give."""
    records, bookings, requests = list(_records_of(user)), list(_bookings_of(user)), list(_requests_of(user))
    memberships = list(memberships_of(user))
    payments = payments_of(BOOKING, [one.pk for one in bookings]) | payments_of(
        MEMBERSHIP, [one.pk for one in memberships]
    )
    money = _money(payments.values())
    return {
        "account": {
            "id": user.pk,
            "email": user.email,
            "name": user.name,
            "language": user.language,
            "timezone": user.timezone,
            "since": user.created_at,
        },
        "records": [_record(one) for one in records],
        "appointments": [_appointment(one, money.get(one.pk)) for one in bookings],
        "requests": [_request(one) for one in requests],
        "plans": [_plan(one, money.get(one.pk)) for one in memberships],
        "notifications": _notifications(user),
        "messages": [_message(one) for one in _messages(records, requests)],
    }


def _records_of(user: User) -> QuerySet[Patient]:
    found = Patient.objects.filter(user=user, merged_into=None).select_related("professional", "data_key")
    return found.defer("notes").order_by("created_at", "pk")


def _bookings_of(user: User) -> QuerySet[Booking]:
    found = Booking.objects.filter(patient__user=user)
    found = found.select_related("patient__data_key", "professional", "service")
    return found.defer("notes", "patient__notes").order_by("starts_at", "pk")


def _requests_of(user: User) -> QuerySet[BookingRequest]:
    found = BookingRequest.objects.filter(user=user).select_related("data_key", "professional", "service")
    return found.order_by("created_at", "pk")


def _record(record: Patient) -> dict[str, Any]:
    return {
        "practice": record.professional.name,
        "name": record.name,
        "email": record.email,
        "phone": record.phone,
        "language": record.language,
        "timezone": record.timezone,
        "since": record.created_at,
        "asked_to_be_erased": record.erasure_asked_at,
    }


def _appointment(booking: Booking, payment: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "reference": booking.reference,
        "practice": booking.professional.name,
        "service": booking.service.name,
        "state": booking.status,
        "modality": booking.modality,
        "starts_at": booking.starts_at,
        "ends_at": booking.ends_at,
        "booked_at": booking.created_at,
        "booked_as": booking.patient.name,
        "reason": booking.reason,
        "why_moved": booking.move_reason,
        "why_closed": booking.closing_reason,
        "price": booking.price,
        "currency": booking.currency,
        "payment": payment,
    }


def _request(wish: BookingRequest) -> dict[str, Any]:
    return {
        "practice": wish.professional.name,
        "service": wish.service.name,
        "state": wish.status,
        "name": wish.name,
        "email": wish.email,
        "phone": wish.phone,
        "message": wish.message,
        "answer": wish.closing_reason,
        "from": wish.preferred_from,
        "until": wish.preferred_until,
        "asked_at": wish.created_at,
        "answered_at": wish.answered_at,
    }


def _plan(membership: Membership, payment: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "practice": membership.plan.professional.name,
        "plan": membership.plan.name,
        "since": membership.starts_at,
        "until": membership.ends_at,
        "asked_for": membership.created_at,
        "payment": payment,
    }


def _notifications(user: User) -> list[dict[str, Any]]:
    """In the words in which they were shown."""
    with translation.override(user.language):
        return [_notification(one) for one in notifications_of(user).order_by("created_at", "pk")]


def _notification(shown: Notification) -> dict[str, Any]:
    words = words_of(shown.kind, shown.payload)
    return {
        "kind": shown.kind,
        "title": words.title,
        "message": words.message,
        "told_at": shown.created_at,
        "read_at": shown.read_at,
    }


def _messages(records: list[Patient], requests: list[BookingRequest]) -> Iterable[Message]:
    """To the person, also under the keys of records that went into theirs."""
    merged = Patient.objects.filter(merged_into__in=records).values_list("data_key", flat=True)
    own, asked = (one.data_key_id for one in records), (one.data_key_id for one in requests)
    keys = {key for key in chain(own, merged, asked) if key is not None}
    return messages_about(keys).exclude(kind__in=TO_PROFESSIONAL)


def _message(sent: Message) -> dict[str, Any]:
    return {
        "kind": sent.kind,
        "to": sent.recipient,
        "state": sent.state,
        "written_at": sent.created_at,
        "sent_at": sent.sent_at,
    }


def _money(payments: Collection[Payment]) -> dict[UUID, dict[str, Any]]:
    """By what was paid for: also what its payer's bank has taken back after a dispute. What came twice, and went back
    by itself, is no part of it."""
    (given, taken), its = went_back(), Q(attempt__payment__in=payments)
    given_back = _by_payment(
        given.filter(its).order_by("done_at").values_list("attempt__payment", "amount", "done_at")
    )
    taken_back = _by_payment(
        taken.filter(its).order_by("closed_at").values_list("attempt__payment", "amount", "closed_at")
    )
    return {
        one.subject_id: {
            "reference": one.reference,
            "state": one.status,
            "amount": one.amount,
            "currency": one.currency,
            "paid_at": one.paid_at,
            "given_back": given_back[one.pk],
            "taken_by_bank": taken_back[one.pk],
        }
        for one in payments
    }


def _by_payment(rows: Iterable[tuple[UUID, Decimal, datetime | None]]) -> dict[UUID, list[dict[str, Any]]]:
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for payment_id, amount, at in rows:
        found[payment_id].append({"amount": amount, "at": at})
    return found
