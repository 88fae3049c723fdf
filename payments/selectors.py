from __future__ import annotations

import uuid
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from payments.models import Payment, Refund, RefundStatus


def payment_of(subject_type: str, subject_id: uuid.UUID) -> Payment | None:
    return Payment.objects.filter(subject_type=subject_type, subject_id=subject_id).first()


def payments_of(subject_type: str, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Payment]:
    """Payments by the id of their subject, in one query."""
    found = Payment.objects.filter(subject_type=subject_type, subject_id__in=list(ids))
    return {payment.subject_id: payment for payment in found}


def given_back(payment: Payment) -> Decimal:
    """How much of the payment went back or is on its way back."""
    refunds = Refund.objects.filter(attempt__payment=payment, attempt__settles=True)
    total = refunds.exclude(status=RefundStatus.FAILED).aggregate(total=Sum("amount"))["total"]
    return total or Decimal(0)
