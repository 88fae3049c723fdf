"""Money of appointments and memberships by currency: what was paid, what went back. Currencies are never added. Three
queries for each way to group.

Money counts on the day it came or went, whenever the appointment is, or the membership. What came twice, and goes back
by itself, is in neither sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import DateField, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncWeek

from accounts.models import Professional
from bookings.domain.periods import Period
from bookings.models import Booking, Membership
from bookings.selectors.payments import OURS
from payments.models import Payment, PaymentStatus
from payments.totals import went_back

# Currency by currency.
ByCurrency = dict[str, "Income"]


@dataclass(frozen=True)
class Income:
    """`refunded` is what went back to the payer: given back, or taken by the payer's bank after a dispute."""

    currency: str
    paid: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        return self.paid - self.refunded


def income_by_professional(period: Period, professional: Professional | None) -> Mapping[UUID, ByCurrency]:
    return _joined(_came(period, professional), _went(period, professional), "professional")


def income_by_week(period: Period, professional: Professional | None) -> Mapping[date, ByCurrency]:
    """By the Monday of the week, in the period's zone."""
    monday = TruncWeek("at", tzinfo=period.zone, output_field=DateField())
    came, went = _came(period, professional), _went(period, professional)
    return _joined(came.annotate(monday=monday), [rows.annotate(monday=monday) for rows in went], "monday")


def _came(period: Period, professional: Professional | None) -> QuerySet[Payment]:
    rows = Payment.objects.filter(_on("paid_at", period), subject_type__in=OURS, status=PaymentStatus.PAID)
    rows = rows.annotate(code=F("currency"), at=F("paid_at"), professional=_practice_of("subject_id"))
    return rows.filter(professional=professional.pk) if professional else rows


def _went(period: Period, professional: Professional | None) -> list[QuerySet[Any]]:
    """What was given back, and what the payer's bank took."""
    done, lost = went_back()
    return [
        _ours(done.filter(_on("done_at", period)).annotate(at=F("done_at")), professional),
        _ours(lost.filter(_on("closed_at", period)).annotate(at=F("closed_at")), professional),
    ]


def _ours(money: QuerySet[Any], professional: Professional | None) -> QuerySet[Any]:
    rows = money.filter(attempt__payment__subject_type__in=OURS).annotate(
        code=F("attempt__payment__currency"), professional=_practice_of("attempt__payment__subject_id")
    )
    return rows.filter(professional=professional.pk) if professional else rows


def _on(instant: str, period: Period) -> Q:
    return Q(**{f"{instant}__gte": period.begins, f"{instant}__lt": period.ends})


def _practice_of(subject: str) -> Coalesce:
    """Payments know nothing of what they are for but the id."""
    booked = Booking.objects.filter(pk=OuterRef(subject)).values("professional_id")
    bought = Membership.objects.filter(pk=OuterRef(subject)).values("plan__professional_id")
    return Coalesce(Subquery(booked[:1]), Subquery(bought[:1]))


def _joined(came: QuerySet[Any], went: Iterable[QuerySet[Any]], by: str) -> dict[Any, ByCurrency]:
    paid, gone = _sums([came], by), _sums(went, by)
    found: defaultdict[Any, ByCurrency] = defaultdict(dict)
    for group, currency in sorted({*paid, *gone}, key=lambda key: key[1]):
        found[group][currency] = Income(currency, paid[group, currency], gone[group, currency])
    return found


def _sums(money: Iterable[QuerySet[Any]], by: str) -> dict[tuple[Hashable, str], Decimal]:
    sums: defaultdict[tuple[Hashable, str], Decimal] = defaultdict(Decimal)
    for rows in money:
        groups = rows.order_by().values(by, "code").annotate(total=Sum("amount"))
        for group, code, total in groups.values_list(by, "code", "total"):
            sums[group, code] += total
    return sums
