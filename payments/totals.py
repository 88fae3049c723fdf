"""Money of many payments at once: what came and went in each month. A constant number of queries, however many there
are.

Money counts in the month it came or went, whatever it was paid for and whenever that is. Currencies are never added.
What came twice, and goes back by itself, counts nowhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateField, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from payments.models import Dispute, DisputeState, Payment, PaymentStatus, Refund, RefundStatus

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Month:
    """What came in a month in one currency, what of all money went back in it (given back, or taken by a payer's bank),
    and what was asked for in it and still has to go. `month` is its first day; None for all of them together."""

    month: date | None
    currency: str
    paid: Decimal = NOTHING
    returned: Decimal = NOTHING
    owed_back: Decimal = NOTHING

    @property
    def net(self) -> Decimal:
        return self.paid - self.returned - self.owed_back


def went_back() -> tuple[QuerySet[Refund], QuerySet[Dispute]]:
    """What has been given back (`done_at`; by hand: on the day that staff named), and what payers' banks took
    (`closed_at`), of the money that counts."""
    done = Refund.objects.filter(attempt__settles=True, status=RefundStatus.SUCCEEDED)
    return done, Dispute.objects.filter(attempt__settles=True, status=DisputeState.LOST)


def still_owed() -> QuerySet[Refund]:
    """What still has to go back of it."""
    return Refund.objects.filter(attempt__settles=True).exclude(status=RefundStatus.SUCCEEDED)


def totals_by_month(
    payments: QuerySet[Payment],
    *,
    zone: ZoneInfo,
    begins: datetime | None = None,
    ends: datetime | None = None,
) -> list[Month]:
    """Of the money of these payments that came or went from `begins` up to `ends`: the latest month of this zone's
    calendar first, its currencies by name. Four queries."""
    ours = Q(attempt__payment__in=payments.order_by().values("pk"))
    done, lost = (rows.filter(ours) for rows in went_back())
    owed = still_owed().filter(ours)
    paid = payments.filter(status=PaymentStatus.PAID).order_by()
    sums: defaultdict[tuple[date, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for name, rows, instant, currency in (
        ("paid", paid, "paid_at", "currency"),
        ("returned", done, "done_at", "attempt__payment__currency"),
        ("returned", lost, "closed_at", "attempt__payment__currency"),
        ("owed_back", owed, "created_at", "attempt__payment__currency"),
    ):
        for month, code, total in _monthly(_between(rows, instant, begins, ends), instant, currency, zone):
            sums[month, code][name] += total
    found = [Month(month, code, **amounts) for (month, code), amounts in sums.items()]
    return sorted(found, key=lambda one: (-(one.month or date.min).toordinal(), one.currency))


def all_months(months: Iterable[Month]) -> list[Month]:
    """Each currency's sum, by its name."""
    sums: dict[str, Month] = {}
    for one in months:
        before = sums.get(one.currency, Month(None, one.currency))
        sums[one.currency] = Month(
            None,
            one.currency,
            before.paid + one.paid,
            before.returned + one.returned,
            before.owed_back + one.owed_back,
        )
    return [sums[currency] for currency in sorted(sums)]


def _between(
    rows: QuerySet[Any], instant: str, begins: datetime | None, ends: datetime | None
) -> QuerySet[Any]:
    bounds = {f"{instant}__gte": begins, f"{instant}__lt": ends}
    return rows.filter(**{name: moment for name, moment in bounds.items() if moment is not None})


def _monthly(
    rows: QuerySet[Any], instant: str, currency: str, zone: ZoneInfo
) -> QuerySet[Any, tuple[Any, ...]]:
    month = TruncMonth(instant, tzinfo=zone, output_field=DateField())
    grouped = rows.order_by().annotate(month=month).values("month", currency).annotate(total=Sum("amount"))
    return grouped.values_list("month", currency, "total")
