"""A week as a sheet of paper: seven days side by side, and where on them stretches of time stand. Pure.

Down the sheet run the wall's clocks, in minutes from its top, as a rule those since midnight. Where the clock is put
back, the stretch that comes twice stands on the sheet twice: two appointments that do not overlap in time do not
overlap on paper either. Where it is put forward, the day has a gap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from bookings.domain.hours import DAY, MIDNIGHT, boundary
from bookings.domain.intervals import Interval, merge

HOUR, MINUTES = 60, 1440
# The finest line of the sheet; every appointment lasts a multiple of it.
LINE = 5
# Free time shorter than this is no gap worth a mark.
SHORTEST_GAP = timedelta(minutes=15)
# What a sheet shows at least: from 8:00 until 18:00.
LEAST = (8 * HOUR, 18 * HOUR)
MINUTE = timedelta(minutes=1)
Of = TypeVar("Of")


@dataclass(frozen=True)
class Span(Generic[Of]):
    """A stretch of time, or what of it falls on one day: on paper from `top` until before `bottom`.

    `comes`: it began the day before; `goes`: it ends on another day.
    """

    top: int
    bottom: int
    begins: datetime
    ends: datetime
    of: Of
    comes: bool = False
    goes: bool = False

    @property
    def length(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True)
class Change:
    """The clock moves at an instant, when it would show `wall` (minutes since midnight), by that many minutes."""

    at: datetime
    wall: int
    by: int


@dataclass(frozen=True)
class Day:
    """From its first instant until before the next day's."""

    date: date
    begins: datetime
    ends: datetime
    zone: ZoneInfo

    def wall(self, instant: datetime) -> int:
        """What the clock shows, in minutes since this day's midnight."""
        local = instant.astimezone(self.zone).replace(tzinfo=None)
        return int((local - datetime.combine(self.date, MIDNIGHT)) // MINUTE)

    @cached_property
    def change(self) -> Change | None:
        first, last = self._offset(0), self._offset(self._minutes - 1)
        if self._minutes < 1 or first == last:
            return None
        minute = bisect_left(range(self._minutes), True, key=lambda minute: self._offset(minute) != first)
        at = self.begins + minute * MINUTE
        by = int((last - first) // MINUTE)
        return Change(at, self.wall(at) - by, by)

    @property
    def _minutes(self) -> int:
        return int((self.ends - self.begins) // MINUTE)

    def _offset(self, minute: int) -> timedelta:
        return (self.begins + minute * MINUTE).astimezone(self.zone).utcoffset() or timedelta()


class Week:
    """Seven days on one sheet."""

    def __init__(self, monday: date, zone: ZoneInfo) -> None:
        self.monday, self.zone = monday, zone
        dates = [monday + number * DAY for number in range(7)]
        edges = [boundary(day, MIDNIGHT, zone) for day in [*dates, monday + 7 * DAY]]
        self.days = [Day(dates[number], edges[number], edges[number + 1], zone) for number in range(7)]
        self.begins, self.ends = edges[0], edges[-1]
        # No zone puts its clock back twice in a week.
        backwards = (day.change for day in self.days if day.change and day.change.by < 0)
        self._twice = next(backwards, None)

    @property
    def bottom(self) -> int:
        return self._of_wall(MINUTES)

    def hours(self) -> list[tuple[int, int]]:
        """Where each hour of the clock begins on the sheet, and which it is; in order."""
        found = {(self._of_wall(wall), wall // HOUR) for wall in range(0, MINUTES, HOUR)}
        if self._twice:
            again = range(self._twice.wall + self._twice.by, self._twice.wall)
            found |= {(wall, wall // HOUR) for wall in again if wall % HOUR == 0}
            found |= {(wall - self._twice.by, wall // HOUR) for wall in again if wall % HOUR == 0}
        return sorted(found)

    def instant(self, day: Day, top: int) -> datetime:
        """When this day comes to a place on the sheet; where it has no such time, when it goes on after it."""
        if self._twice and top >= self._twice.wall:
            if day.change is self._twice:
                return self._twice.at + (top - self._twice.wall) * MINUTE
            top = max(top + self._twice.by, self._twice.wall)
        days, wall = divmod(top, MINUTES)
        return boundary(day.date + days * DAY, time(*divmod(wall, HOUR)), day.zone)

    def place(self, stretches: Iterable[tuple[datetime, datetime, Of]]) -> list[list[Span[Of]]]:
        """By day, in order. What goes over midnight stands on both days; what is too short for a line, nowhere."""
        placed: list[list[Span[Of]]] = [[] for _day in self.days]
        for stretch in sorted(stretches, key=lambda stretch: stretch[:2]):
            for day, spans in zip(self.days, placed, strict=True):
                spans += self._part(day, *stretch)
        return placed

    def visible(self, spans: Iterable[Span[Of]]) -> tuple[int, int]:
        """From where until where the sheet must be shown for all of these to be seen: whole hours."""
        tops, bottoms = [self._of_wall(LEAST[0])], [self._of_wall(LEAST[1])]
        for span in spans:
            tops.append(span.top)
            bottoms.append(span.bottom)
        return min(tops) // HOUR * HOUR, -(-max(bottoms) // HOUR) * HOUR

    def _part(self, day: Day, begins: datetime, ends: datetime, of: Of) -> Iterator[Span[Of]]:
        first, last = max(begins, day.begins), min(ends, day.ends)
        if first < last:
            # The end is where its last minute ends: after it the clock may have moved.
            top, bottom = self._at(day, first), self._at(day, last - MINUTE) + 1
            top, bottom = max(top // LINE * LINE, 0), min(bottom // LINE * LINE, self.bottom)
            if top < bottom:
                yield Span(top, bottom, first, last, of, comes=first > begins, goes=last < ends)

    def _at(self, day: Day, instant: datetime) -> int:
        if self._twice and day.change is self._twice:
            return day.wall(instant) - (self._twice.by if instant >= self._twice.at else 0)
        return self._of_wall(day.wall(instant))

    def _of_wall(self, wall: int) -> int:
        return wall - self._twice.by if self._twice and wall >= self._twice.wall else wall


def shown(spans: Iterable[Span[Of]], top: int, bottom: int) -> list[Span[Of]]:
    """What of them lies on this part of the sheet."""
    cut = (replace(span, top=max(span.top, top), bottom=min(span.bottom, bottom)) for span in spans)
    return [span for span in cut if span.top < span.bottom]


def gaps(openings: Iterable[Interval], taken: Iterable[Interval], *, after: datetime) -> Iterator[Interval]:
    """Open time that nothing takes, from `after` on, where there is enough of it."""
    before = (datetime.min.replace(tzinfo=UTC), _next_line(after))
    holes = merge([before, *taken])
    for opens, closes in openings:
        for begins, ends in holes:
            if begins < closes and ends > opens:
                if begins - opens >= SHORTEST_GAP:
                    yield opens, begins
                opens = max(opens, ends)
        if closes - opens >= SHORTEST_GAP:
            yield opens, closes


def half_hours(begins: datetime, ends: datetime, zone: ZoneInfo) -> Iterator[Interval]:
    """The stretch cut where the clock shows a half or a full hour."""
    while begins < ends:
        until = min(ends, begins + (30 - begins.astimezone(zone).minute % 30) * MINUTE)
        yield begins, until
        begins = until


def _next_line(instant: datetime) -> datetime:
    whole = instant.replace(second=0, microsecond=0)
    whole -= whole.minute % LINE * MINUTE
    return whole if whole == instant else whole + LINE * MINUTE
