"""Appointments counted: how they stand, who did not come, how long they take. One query for each way to group."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, DateField, F, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from accounts.models import Professional
from bookings.domain.lifecycle_table import HOLDING, Status
from bookings.domain.occupancy import MINUTE, share
from bookings.domain.periods import Period
from bookings.models import Absent, Booking

# They take their time, or took it, whether the patient came or not.
TAKEN = (*HOLDING, Status.NO_SHOW.value)


@dataclass
class Tally:
    """`absences` by who did not come; `minutes` booked by those that take or took their time, without buffers."""

    by_status: Counter[str] = field(default_factory=Counter)
    absences: Counter[str] = field(default_factory=Counter)
    minutes: int = 0

    def add(self, status: str, absent: str, number: int, length: timedelta) -> None:
        self.by_status[status] += number
        if absent:
            self.absences[absent] += number
        if status in TAKEN:
            self.minutes += length // MINUTE

    @property
    def number(self) -> int:
        return self.by_status.total()

    @property
    def due(self) -> int:
        """Those whose time came, and of which it is known who was there."""
        return self.by_status[Status.COMPLETED] + self.absences.total()

    @property
    def no_show_rate(self) -> float | None:
        """The share of those due to which the patient alone did not come."""
        return share(self.absences[Absent.PATIENT], self.due)

    def counted(self) -> dict[Status, int]:
        """Every status with its number, in the order of the lifecycle."""
        return {status: self.by_status[status] for status in Status}


def tally_by_professional(period: Period, professional: Professional | None) -> Mapping[UUID, Tally]:
    tallies: defaultdict[UUID, Tally] = defaultdict(Tally)
    for professional_id, *rest in _counted(bookings_in(period, professional), "professional_id"):
        tallies[professional_id].add(*rest)
    return tallies


def tally_by_week(period: Period, professional: Professional | None) -> Mapping[date, Tally]:
    """By the Monday of the week, in the period's zone."""
    weekly = bookings_in(period, professional).annotate(
        monday=TruncWeek("starts_at", tzinfo=period.zone, output_field=DateField())
    )
    tallies: defaultdict[date, Tally] = defaultdict(Tally)
    for monday, *rest in _counted(weekly, "monday"):
        tallies[monday].add(*rest)
    return tallies


def bookings_in(period: Period, professional: Professional | None) -> QuerySet[Booking]:
    """Those that are for a day of the period."""
    within = Q(starts_at__gte=period.begins, starts_at__lt=period.ends)
    return Booking.objects.filter(within & of(professional))


def of(professional: Professional | None, path: str = "professional") -> Q:
    return Q(**{path: professional.pk}) if professional else Q()


def _counted(bookings: QuerySet[Booking], by: str) -> QuerySet[Booking, tuple[Any, ...]]:
    groups = bookings.order_by().values(by, "status", "absent")
    counted = groups.annotate(number=Count("pk"), length=Sum(F("ends_at") - F("starts_at")))
    return counted.values_list(by, "status", "absent", "number", "length")
