"""Appointments that were, with their money: written down as they would stand, since no verb makes a past."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Patient
from accounts.services.patients import create_patient
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, Service
from bookings.services.money import SUBJECT
from payments.models import Attempt, AttemptStatus, Payment, PaymentStatus, Refund, RefundStatus

_count = itertools.count(1)


def a_patient(service: Service, **details: Any) -> Patient:
    given = {"name": "Juan Pérez", "email": f"juan{next(_count)}@example.org", "language": "es"}
    return create_patient(professional=service.professional, **given | details)


def past_booking(service: Service, start: datetime, patient: Patient | None = None, **fields: Any) -> Booking:
    """Half an hour that took place, unless `fields` say otherwise."""
    number, ends = next(_count), start + timedelta(minutes=30)
    return Booking.objects.create(
        **{
            "reference": f"PAST-{number}",
            "professional": service.professional,
            "patient": patient or a_patient(service),
            "service": service,
            "status": Status.COMPLETED,
            "modality": service.modality,
            "starts_at": start,
            "ends_at": ends,
            "blocked_from": start,
            "blocked_until": ends,
            "price": service.price,
            "currency": service.currency,
            "meeting_limit_minutes": 18,
        }
        | fields
    )


def paid(booking: Booking, at: datetime, amount: str = "25000", currency: str = "COP") -> Attempt:
    number = next(_count)
    payment = Payment.objects.create(
        subject_type=SUBJECT,
        subject_id=booking.pk,
        reference=f"PAY-{number}",
        amount=Decimal(amount),
        currency=currency,
        status=PaymentStatus.PAID,
        paid_at=at,
        told_at=at,
    )
    return Attempt.objects.create(
        payment=payment,
        number=1,
        reference=f"PAY-{number}-1",
        gateway="sandbox",
        return_url="http://localhost/",
        status=AttemptStatus.PAID,
        paid_at=at,
        settles=True,
    )


def given_back(attempt: Attempt, at: datetime, amount: str) -> Refund:
    return Refund.objects.create(
        attempt=attempt,
        amount=Decimal(amount),
        reason="cancelled",
        status=RefundStatus.SUCCEEDED,
        due_at=at,
        done_at=at,
    )


def past_days(service: Service, days: Iterable[datetime], **fields: Any) -> list[Booking]:
    """One on each, of one patient."""
    patient = a_patient(service)
    return [past_booking(service, day, patient, **fields) for day in days]
