"""All figures of a period together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.models import Professional
from bookings.domain.occupancy import share
from bookings.domain.periods import Period
from bookings.selectors.statistics.appointments import Tally, tally_by_professional, tally_by_week
from bookings.selectors.statistics.income import (
    ByCurrency,
    Income,
    income_by_professional,
    income_by_week,
)
from bookings.selectors.statistics.opening import open_minutes_by_week, practices
from bookings.selectors.statistics.patients import Patients, patients_by_professional
from bookings.selectors.statistics.services import ServiceFigures, services_offered, top_services


@dataclass(frozen=True)
class Figures:
    """`occupancy`: of the minutes offered, the share that is booked; more than 1 where appointments lie outside the
    hours, None where nothing was offered."""

    tally: Tally
    open_minutes: int
    income: list[Income]

    @property
    def occupancy(self) -> float | None:
        return share(self.tally.minutes, self.open_minutes)


@dataclass(frozen=True)
class Week(Figures):
    monday: date


@dataclass(frozen=True)
class ProfessionalFigures(Figures):
    professional: Professional
    patients: Patients


@dataclass(frozen=True)
class Statistics:
    """Of the whole clinic, or of one `professional`. `professionals` are those with anything to say, busiest first."""

    period: Period
    professional: Professional | None
    total: Figures
    patients: Patients
    weeks: list[Week]
    professionals: list[ProfessionalFigures]
    services: list[ServiceFigures]
    services_offered: int

    @property
    def is_empty(self) -> bool:
        return not self.total.tally.number and not self.total.income


def statistics(period: Period, professional: Professional | None = None) -> Statistics:
    """Fourteen queries. Professionals who cannot be booked offer no time."""
    among = practices(professional)
    opening = open_minutes_by_week(period, among)
    by_professional = _professionals(period, professional, among, opening)
    return Statistics(
        period=period,
        professional=professional,
        total=Figures(
            tally=_sum_of(one.tally for one in by_professional),
            open_minutes=sum(one.open_minutes for one in by_professional),
            income=_added(one.income for one in by_professional),
        ),
        patients=Patients(
            sum(one.patients.active for one in by_professional),
            sum(one.patients.new for one in by_professional),
        ),
        weeks=_weeks(period, professional, opening),
        professionals=by_professional,
        services=top_services(period, professional),
        services_offered=services_offered(professional),
    )


def _professionals(
    period: Period,
    professional: Professional | None,
    among: Iterable[Professional],
    opening: Mapping[UUID, list[int]],
) -> list[ProfessionalFigures]:
    tallies = tally_by_professional(period, professional)
    income = income_by_professional(period, professional)
    patients = patients_by_professional(period, professional)
    figures = [
        ProfessionalFigures(
            professional=one,
            tally=tallies.get(one.pk, Tally()),
            open_minutes=sum(opening.get(one.pk, ())),
            income=list(income.get(one.pk, {}).values()),
            patients=patients.get(one.pk, Patients()),
        )
        for one in among
    ]
    telling = [one for one in figures if one.tally.number or one.open_minutes or one.income]
    return sorted(telling, key=lambda one: -one.tally.number)


def _weeks(
    period: Period, professional: Professional | None, opening: Mapping[UUID, list[int]]
) -> list[Week]:
    tallies = tally_by_week(period, professional)
    income: Mapping[date, ByCurrency] = income_by_week(period, professional)
    # Of all of them together, week by week.
    offered = [sum(minutes) for minutes in zip(*opening.values(), strict=True)] or [0] * len(period.mondays)
    return [
        Week(
            monday=monday,
            tally=tallies.get(monday, Tally()),
            open_minutes=minutes,
            income=list(income.get(monday, {}).values()),
        )
        for monday, minutes in zip(period.mondays, offered, strict=True)
    ]


def _sum_of(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for tally in tallies:
        whole.by_status += tally.by_status
        whole.absences += tally.absences
        whole.minutes += tally.minutes
    return whole


def _added(incomes: Iterable[list[Income]]) -> list[Income]:
    """Each currency for itself."""
    found: ByCurrency = {}
    for income in incomes:
        for one in income:
            before = found.get(one.currency, Income(one.currency))
            found[one.currency] = Income(one.currency, before.paid + one.paid, before.refunded + one.refunded)
    return [found[currency] for currency in sorted(found)]
