"""Figures of a period as charts: what is drawn, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.domain.lifecycle_table import Status
from bookings.selectors.statistics import Statistics, Tally, Week
from core import figures
from core.charts import ColumnChart, Series
from core.money import format_money

Say = Callable[[float], str]

# More currencies than these are said in the table alone.
MOST_CURRENCIES = 4

# How appointments stand, as people speak of it; the table of states says it exactly.
OUTCOMES = (
    (gettext_lazy("Took place"), (Status.COMPLETED,), 1),
    (
        gettext_lazy("To come, or not closed yet"),
        (Status.PENDING_PAYMENT, Status.WAITING_FOR_PROFESSIONAL, Status.CONFIRMED, Status.IN_PROGRESS),
        2,
    ),
    (gettext_lazy("The patient did not come"), (Status.NO_SHOW,), 3),
    (
        gettext_lazy("Cancelled, declined or expired"),
        (Status.CANCELLED, Status.REJECTED, Status.EXPIRED),
        4,
    ),
)


def appointments_chart(found: Statistics) -> ColumnChart:
    return _weekly(
        found,
        name="appointments",
        title=_("Appointments by week"),
        about=_("A column for each week, from its Monday on, made of what became of its appointments."),
        series=[
            Series(label, [_count(week.tally, statuses) for week in found.weeks], tone)
            for label, statuses, tone in OUTCOMES
        ],
        stacked=True,
    )


def occupancy_chart(found: Statistics) -> ColumnChart:
    return _weekly(
        found,
        name="occupancy",
        title=_("Occupancy by week"),
        about=_("A column for each week: the share of the time on offer that appointments take."),
        series=[Series(_("Occupancy"), [week.occupancy for week in found.weeks], 1)],
        say=figures.percent,
    )


def income_charts(found: Statistics) -> list[ColumnChart]:
    """One for each currency; currencies are never added."""
    return [_income_chart(found, one.currency) for one in found.total.income[:MOST_CURRENCIES]]


def _income_chart(found: Statistics, currency: str) -> ColumnChart:
    sums = [_of_currency(week, currency) for week in found.weeks]

    def say(amount: float) -> str:
        return format_money(Decimal(str(amount)).normalize(), currency)

    return _weekly(
        found,
        name=f"income-{currency}",
        title=_("Income in %(currency)s by week") % {"currency": currency},
        about=_("For each week what was paid, and beside it what was given back."),
        series=[
            Series(_("Paid"), [float(paid) for paid, _back in sums], 1),
            Series(_("Given back"), [float(back) for _paid, back in sums], 3),
        ],
        say=say,
        say_tick=figures.short_number,
    )


def _weekly(
    found: Statistics, *, say: Say = figures.number, say_tick: Say | None = None, **options: Any
) -> ColumnChart:
    """A column for each week."""
    mondays = [week.monday for week in found.weeks]
    return ColumnChart(
        first_header=_("Week from"),
        labels=[figures.day_and_month(monday) for monday in mondays],
        names=[figures.short_date_of_year(monday) for monday in mondays],
        say=say,
        say_tick=say_tick or say,
        **options,
    )


def _count(tally: Tally, statuses: tuple[Status, ...]) -> int:
    return sum(tally.by_status[status] for status in statuses)


def _of_currency(week: Week, currency: str) -> tuple[Decimal, Decimal]:
    income = next((one for one in week.income if one.currency == currency), None)
    return (income.paid, income.refunded) if income else (Decimal(0), Decimal(0))
