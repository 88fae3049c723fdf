"""The month that a visitor looks at: which days have free times, which times a day has. No database here."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.models import PartOfDay
from core.errors import Refused

# Where the parts of a day begin, as people speak of them.
NIGHT_ENDS = 6
PARTS = ((19, _("Evening")), (12, _("Afternoon")), (NIGHT_ENDS, _("Morning")), (0, _("Night")))
# The parts that somebody can ask for.
NAMES: dict[str, str | Promise] = {
    PartOfDay.MORNING.value: _("Morning"),
    PartOfDay.AFTERNOON.value: _("Afternoon"),
    PartOfDay.EVENING.value: _("Evening"),
}

# So few times that one may be gone tomorrow, however few the other days of the month have; and so many that it is
# plenty, however many those have.
FEW, PLENTY = 2, 16


class Level(models.TextChoices):
    """How much choice a day leaves."""

    MANY = "many", _("many")
    SOME = "some", _("some")
    FEW = "few", _("few left")


def level_of(free: int, best: int) -> Level | None:
    """`best`: the times of the month's best day, by which the others are measured. None: nothing is free."""
    if not free:
        return None
    best = min(best, PLENTY)
    if free <= FEW or free * 4 <= best:
        return Level.FEW
    return Level.MANY if free * 4 > best * 3 else Level.SOME


@dataclass(frozen=True)
class Day:
    """One cell of the month; `free` counts the times that can still be booked."""

    date: date
    in_month: bool
    free: int
    level: Level | None
    today: bool
    selected: bool
    url: str
    wished: bool = False  # somebody asked for this day


@dataclass(frozen=True)
class Part:
    """A part of a day with its times, in the visitor's zone."""

    name: str | Promise
    times: list[datetime]


@dataclass(frozen=True, order=True)
class Month:
    """A month from its first day; knows its neighbours."""

    first: date

    @property
    def last(self) -> date:
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    @property
    def previous(self) -> Month:
        return month_of(self.first - timedelta(days=1))

    @property
    def following(self) -> Month:
        return month_of(self.last + timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


def month_of(day: date) -> Month:
    return Month(day.replace(day=1))


def parse_month(text: str) -> Month:
    """ "2026-11". Raises Refused."""
    if not re.fullmatch(r"2\d{3}-(0[1-9]|1[0-2])", text):
        raise Refused(_("This month does not exist."), code="invalid_month")
    return Month(date.fromisoformat(f"{text}-01"))


def parse_day(text: str) -> date:
    """ "2026-11-24". Raises Refused."""
    try:
        if not re.fullmatch(r"2\d{3}-\d\d-\d\d", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(_("This day does not exist."), code="invalid_day") from None


def parse_start(text: str) -> datetime:
    """A moment such as 2026-11-24T09:30:00Z, in UTC; the zone must be said. Raises Refused."""
    try:
        moment = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 2000 <= moment.year < 3000:
        raise Refused(_("This time does not exist."), code="invalid_start")
    return moment.astimezone(UTC)


def weeks_of(
    month: Month, *, slots: Iterable[datetime], zone: ZoneInfo, today: date, selected: date | None
) -> list[list[Day]]:
    """The rows of the calendar, Monday first; weeks that are over are left out."""
    free = Counter(slot.astimezone(zone).date() for slot in slots)
    best = max(free.values(), default=0)
    return [
        [
            Day(
                date=day,
                in_month=day.month == month.first.month,
                free=free[day],
                level=level_of(free[day], best),
                today=day == today,
                selected=day == selected,
                url=f"?{urlencode({'month': month, 'day': day.isoformat()})}",
            )
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(month.first.year, month.first.month)
        if week[-1] >= today
    ]


def parts_of(day: date | None, *, slots: Iterable[datetime], zone: ZoneInfo) -> list[Part]:
    """The times of one day, from night to evening; parts without times are left out."""
    local = [moment for slot in slots if (moment := slot.astimezone(zone)).date() == day]
    return [Part(name, list(times)) for name, times in groupby(local, key=_part_name)]


def _part_name(moment: datetime) -> str | Promise:
    return next(name for begins, name in PARTS if moment.hour >= begins)
