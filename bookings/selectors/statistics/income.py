"""Money of appointments by currency: what was paid, what went back. Currencies are never added. Two queries for each
way to group.

Money counts on the day it came or went, whenever the appointment is. What came twice, and goes back by itself, is in
neither sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import DateField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import TruncWeek

from accounts.models import Professional
from bookings.domain.periods import Period
from bookings.models import Booking
from bookings.services.money import SUBJECT
from payments.models import Payment, PaymentStatus, Refund, RefundStatus

# Currency by currency.
ByCurrency = dict[str, "Income"]


@dataclass(frozen=True)
class Income:
    currency: str
    paid: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        return self.paid - self.refunded


def income_by_professional(period: Period, professional: Professional | None) -> Mapping[UUID, ByCurrency]:
    return _joined(_paid(period, professional), _refunded(period, professional), "professional")


def income_by_week(period: Period, professional: Professional | None) -> Mapping[date, ByCurrency]:
    """By the Monday of the week, in the period's zone."""
    paid, refunded = _paid(period, professional), _refunded(period, professional)
    return _joined(
        paid.annotate(monday=_monday("paid_at", period)),
        refunded.annotate(monday=_monday("done_at", period)),
        "monday",
    )


def _paid(period: Period, professional: Professional | None) -> QuerySet[Payment]:
    rows = Payment.objects.filter(
        subject_type=SUBJECT,
        status=PaymentStatus.PAID,
        paid_at__gte=period.begins,
        paid_at__lt=period.ends,
    )
    rows = rows.annotate(code=F("currency"), professional=_practice_of("subject_id"))
    return rows.filter(professional=professional.pk) if professional else rows


def _refunded(period: Period, professional: Professional | None) -> QuerySet[Refund]:
    rows = Refund.objects.filter(
        attempt__settles=True,
        attempt__payment__subject_type=SUBJECT,
        status=RefundStatus.SUCCEEDED,
        done_at__gte=period.begins,
        done_at__lt=period.ends,
    )
    practice = _practice_of("attempt__payment__subject_id")
    rows = rows.annotate(code=F("attempt__payment__currency"), professional=practice)
    return rows.filter(professional=professional.pk) if professional else rows


def _practice_of(subject: str) -> Subquery:
    """Payments know nothing of bookings but the id."""
    return Subquery(Booking.objects.filter(pk=OuterRef(subject)).values("professional_id")[:1])


def _monday(instant: str, period: Period) -> TruncWeek:
    return TruncWeek(instant, tzinfo=period.zone, output_field=DateField())


def _joined(paid: QuerySet[Any], refunded: QuerySet[Any], by: str) -> dict[Any, ByCurrency]:
    came, went = _sums(paid, by), _sums(refunded, by)
    found: defaultdict[Any, ByCurrency] = defaultdict(dict)
    for group, currency in sorted({*came, *went}, key=lambda key: key[1]):
        sums = came.get((group, currency), Decimal(0)), went.get((group, currency), Decimal(0))
        found[group][currency] = Income(currency, *sums)
    return found


def _sums(money: QuerySet[Any], by: str) -> dict[tuple[Hashable, str], Decimal]:
    groups = money.order_by().values(by, "code").annotate(total=Sum("amount"))
    return {(group, code): total for group, code, total in groups.values_list(by, "code", "total")}
