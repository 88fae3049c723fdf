"""Statistics for medical administration: a page with charts, and the same figures as CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.admin_access import in_the_admin, staff_page
from accounts.models import Role
from bookings.domain.lifecycle_table import Status
from bookings.domain.occupancy import share
from bookings.domain.periods import Span
from bookings.forms.statistics import StatisticsForm
from bookings.models import Absent
from bookings.selectors.statistics import Statistics, Week
from bookings.selectors.statistics import statistics as statistics_of
from bookings.views.statistics_charts import appointments_chart, income_charts, occupancy_chart
from core import audit
from core.csv_stream import csv_response
from core.money import decimals

READERS = frozenset({Role.MEDICAL_ADMIN})
TITLE = gettext_lazy("Statistics")
# The table of professionals on the page; the CSV has all of them.
MOST_ROWS = 50


@staff_page("statistics/", name="statistics", roles=READERS, title=TITLE, icon="monitoring")
@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    form = StatisticsForm(request.GET)
    if not form.is_valid():
        return _page(request, {"form": form}, status=400)
    found = statistics_of(form.period, form.cleaned_data["professional"])
    return _page(request, {"form": form, "zone": form.zone.key} | _shown(found))


@staff_page("statistics/<slug:table>.csv", name="statistics_csv", roles=READERS, title=TITLE, in_menu=False)
@require_GET
def statistics_csv(request: HttpRequest, table: str) -> HttpResponseBase:
    """The page's filters, one table of it."""
    if table not in TABLES:
        raise Http404
    form = StatisticsForm(request.GET)
    if not form.is_valid():
        return _page(request, {"form": form}, status=400)
    period, professional = form.period, form.cleaned_data["professional"]
    audit.record(
        "statistics.exported",
        table=table,
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        professional=str(professional.pk) if professional else "",
    )
    chosen = TABLES[table]
    return csv_response(
        filename=f"{table}-{period.first}-{period.last}.csv",
        header=chosen.header(),
        rows=chosen.rows(statistics_of(period, professional)),
    )


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    chosen = request.GET.get("professional", "")
    spans = [(label, "?" + urlencode({"span": span, "professional": chosen})) for span, label in Span.choices]
    return in_the_admin(
        request, "admin/statistics.html", {"spans": spans} | context, title=TITLE, status=status
    )


def _shown(found: Statistics) -> dict[str, Any]:
    tally = found.total.tally
    dates = {"from": found.period.first.isoformat(), "to": found.period.last.isoformat()}
    chosen = {"professional": found.professional.slug} if found.professional else {}
    query = urlencode(chosen | dates)
    return {
        "found": found,
        "states": [(status.label, number) for status, number in tally.counted().items()],
        "most_in_state": max(tally.by_status.values(), default=0),
        "absences": [
            (one.label, tally.absences[one], share(tally.absences[one], tally.due)) for one in Absent
        ],
        "appointments": appointments_chart(found),
        "occupancy": occupancy_chart(found),
        "income_charts": income_charts(found),
        "rows": found.professionals[:MOST_ROWS],
        "downloads": [(table.title, f"{name}.csv?{query}") for name, table in TABLES.items()],
    }


class Table(NamedTuple):
    title: Any
    header: Callable[[], list[str]]
    rows: Callable[[Statistics], Iterable[list[Any]]]


def _weekly_header() -> list[str]:
    states = [str(status.label) for status in Status]
    return [_("Week"), _("Week from"), *states, _("Booked minutes"), _("Minutes on offer"), _("Occupancy")]


def _weekly_rows(found: Statistics) -> Iterator[list[Any]]:
    for week in found.weeks:
        states = week.tally.counted().values()
        shares = [week.tally.minutes, week.open_minutes, _fraction(week.occupancy)]
        yield [*_named(week), *states, *shares]


def _named(week: Week) -> tuple[str, str]:
    year, number, _weekday = week.monday.isocalendar()
    return f"{year}-W{number:02}", week.monday.isoformat()


def _income_header() -> list[str]:
    return [_("Week"), _("Week from"), _("Currency"), _("Paid"), _("Given back"), _("Net")]


def _income_rows(found: Statistics) -> Iterator[list[Any]]:
    for week in found.weeks:
        for one in week.income:
            amounts = [_amount(amount, one.currency) for amount in (one.paid, one.refunded, one.net)]
            yield [*_named(week), one.currency, *amounts]


def _professionals_header() -> list[str]:
    return [
        _("Professional"),
        _("Appointments"),
        *(str(status.label) for status in Status),
        *(f"{_('Did not come')}: {one.label}" for one in Absent),
        _("Patients"),
        _("New patients"),
        _("Booked minutes"),
        _("Minutes on offer"),
        _("Occupancy"),
        _("Currency"),
        _("Paid"),
        _("Given back"),
        _("Net"),
    ]


def _professional_rows(found: Statistics) -> Iterator[list[Any]]:
    """A line for each; further currencies follow on lines that say nothing else, so that no sum counts twice."""
    for one in found.professionals:
        counts: list[Any] = [
            one.tally.number,
            *one.tally.counted().values(),
            *(one.tally.absences[absent] for absent in Absent),
            *one.patients,
            one.tally.minutes,
            one.open_minutes,
            _fraction(one.occupancy),
        ]
        for at, income in enumerate(one.income or [None]):
            money: list[Any] = ["", "", "", ""]
            if income is not None:
                amounts = (income.paid, income.refunded, income.net)
                money = [income.currency, *(_amount(amount, income.currency) for amount in amounts)]
            yield [one.professional.name, *(counts if at == 0 else [""] * len(counts)), *money]


def _amount(amount: Decimal, currency: str) -> str:
    return f"{amount:.{decimals(currency)}f}"


def _fraction(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


TABLES = {
    "weeks": Table(gettext_lazy("Appointments by week"), _weekly_header, _weekly_rows),
    "income": Table(gettext_lazy("Income by week"), _income_header, _income_rows),
    "professionals": Table(gettext_lazy("By professional"), _professionals_header, _professional_rows),
}
