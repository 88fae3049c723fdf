"""The stretch of days that statistics are about. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from bookings.domain.days_off import whole_days
from bookings.domain.hours import DAY
from core.errors import Refused

WEEK = timedelta(days=7)
LONGEST = 731 * DAY  # two years, whichever they are
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


class Span(models.TextChoices):
    """Whole weeks up to the end of this one, such as people ask for again and again."""

    FOUR_WEEKS = "4w", _("4 weeks")
    THREE_MONTHS = "3m", _("3 months")
    TWELVE_MONTHS = "12m", _("12 months")


_WEEKS = {Span.FOUR_WEEKS: 4, Span.THREE_MONTHS: 13, Span.TWELVE_MONTHS: 52}


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both included, as the calendar of one zone says. Weeks are ISO weeks of that zone: the
    first and the last one may lie in it only partly."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def asked(
        cls, *, first: date | None, last: date | None, span: Span | None, today: date, zone: ZoneInfo
    ) -> Period:
        """Between two dates, else the latest `span`. Raises Refused as `between`, and `both_dates`."""
        if first is None and last is None:
            return cls.latest(span or Span.THREE_MONTHS, today, zone)
        if first is None or last is None:
            attr = "from" if first is None else "to"
            raise Refused(_("Say both the first and the last date."), code="both_dates", attr=attr)
        return cls.between(first, last, zone)

    @classmethod
    def between(cls, first: date, last: date, zone: ZoneInfo) -> Period:
        """Raises Refused `order`, `range_too_long`, `out_of_range`."""
        if last < first:
            raise Refused(_("The last date is before the first."), code="order", attr="to")
        if first < EARLIEST or last >= LATEST:
            attr = "from" if first < EARLIEST else "to"
            raise Refused(_("This date is out of range."), code="out_of_range", attr=attr)
        if last - first >= LONGEST:
            raise Refused(_("A period has at most two years."), code="range_too_long", attr="to")
        return cls(first, last, zone)

    @classmethod
    def latest(cls, span: Span, today: date, zone: ZoneInfo) -> Period:
        sunday = _monday(today) + WEEK - DAY
        return cls(sunday + DAY - _WEEKS[span] * WEEK, sunday, zone)

    @cached_property
    def _bounds(self) -> tuple[datetime, datetime]:
        return whole_days(self.first, self.last, self.zone)

    @property
    def begins(self) -> datetime:
        return self._bounds[0]

    @property
    def ends(self) -> datetime:
        """The instant after it."""
        return self._bounds[1]

    @cached_property
    def mondays(self) -> list[date]:
        """Of the weeks that it touches."""
        monday = _monday(self.first)
        return [monday + number * WEEK for number in range((self.last - monday).days // 7 + 1)]

    def edges(self) -> list[datetime]:
        """Where each of its weeks begins within it, and where the last one ends."""
        inner = (whole_days(monday, monday, self.zone)[0] for monday in self.mondays[1:])
        return [self.begins, *inner, self.ends]


def _monday(day: date) -> date:
    return day - (day.isoweekday() - 1) * DAY
