"""When a professional is open: wall time in a zone, and the instants it means. Pure; no clock of its own.

A wall time that the clock skips does not exist; one that comes twice is meant the first time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from itertools import accumulate, repeat
from operator import add
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from bookings.domain.intervals import Interval, Intervals

DAY = timedelta(days=1)
MIDNIGHT, MIDNIGHT_AGAIN = time(0), time(0, fold=1)


@dataclass(frozen=True)
class Block:
    """An opening by weekday (ISO 1..7) or by date; `ends` 00:00 is midnight at the end of the day.

    `services` and `modalities` narrow whom it is for; empty: for all.
    """

    starts: time
    ends: time
    weekday: int | None = None
    on_date: date | None = None
    services: frozenset[UUID] = frozenset()
    modalities: frozenset[str] = frozenset()

    def walls(self, day: date, zone: tzinfo | None = None) -> tuple[datetime, datetime]:
        """From when until before when, as clocks on the wall say it."""
        last_day = day + DAY if self.ends == MIDNIGHT else day
        return datetime.combine(day, self.starts, zone), datetime.combine(last_day, self.ends, zone)

    def admits(self, service: UUID, modality: str) -> bool:
        return (not self.services or service in self.services) and (
            not self.modalities or modality in self.modalities
        )


def to_utc(day: date, wall: time, zone: ZoneInfo) -> datetime | None:
    """The instant of a wall time, the first where it comes twice; None where the clock skips it."""
    instant = datetime.combine(day, wall, zone).astimezone(UTC)
    exists = instant.astimezone(zone).replace(tzinfo=None) == datetime.combine(day, wall)
    return instant if exists else None


def boundary(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Like `to_utc`, for the edge of an opening: a skipped wall time is the instant of the skip."""
    if (instant := to_utc(day, wall, zone)) is not None:
        return instant
    naive = datetime.combine(day, wall)
    before = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


class Hours:
    """When one professional is open between two instants, and the grid on which appointments start there.

    Services that may use the same blocks share it: a day's grid is reckoned once, when somebody first looks there.
    """

    def __init__(
        self,
        *,
        zone: ZoneInfo,
        blocks: Sequence[Block],
        step: int,
        first: datetime,
        last: datetime,
        holidays: Collection[date] = frozenset(),
    ) -> None:
        """From `first` until before `last` (UTC); `step` in minutes, counted from where each block begins.

        `holidays` close the weekly blocks; what is opened for one date is meant.
        """
        self.zone, self.blocks, self.step = zone, blocks, timedelta(minutes=step)
        self.first, self.last, self.holidays = first, last, holidays
        self._weekly: defaultdict[int | None, list[Block]] = defaultdict(list)
        self._dated: defaultdict[date, list[Block]] = defaultdict(list)
        for block in blocks:
            (self._dated[block.on_date] if block.on_date else self._weekly[block.weekday]).append(block)
        self._days: dict[date, _Day] = {}
        self._grid = _Grid(self._starts_on)
        self.open = self._intervals()

    @cached_property
    def open_but_for_holidays(self) -> Intervals:
        if not self.holidays:
            return self.open
        return Hours(zone=self.zone, blocks=self.blocks, step=5, first=self.first, last=self.last).open

    def starts(self, earliest: datetime, latest: datetime) -> Iterable[datetime]:
        """The instants of the grid between these two, both included, in order, found as they are asked for. Cheap for
        who asks from early to late."""
        return self._grid.between(earliest, latest)

    def is_start(self, instant: datetime) -> bool:
        return any(self.starts(instant, instant))

    def _intervals(self) -> Intervals:
        # A day more on each side: an opening may begin the evening before and reach into ours.
        day, end = ((edge.astimezone(self.zone)).date() for edge in (self.first - DAY, self.last + DAY))
        openings: list[Interval] = []
        while day <= end:
            openings += self._day(day).openings
            day += DAY
        return Intervals(openings)

    def _day(self, day: date) -> _Day:
        if day not in self._days:
            self._days[day] = self._reckoned(day)
        return self._days[day]

    def _reckoned(self, day: date) -> _Day:
        weekly = [] if day in self.holidays else self._weekly[day.isoweekday()]
        blocks = [*weekly, *self._dated[day]]
        offset = self._steady_offset(day) if blocks else timedelta(0)
        if offset is None:
            edges = [block.walls(day) for block in blocks]
            openings = [(self._boundary(opens), self._boundary(closes)) for opens, closes in edges]
        else:
            edges = [block.walls(day, UTC) for block in blocks]
            openings = [(opens - offset, closes - offset) for opens, closes in edges]
        return _Day(blocks, openings, offset is not None)

    def _boundary(self, wall: datetime) -> datetime:
        return boundary(wall.date(), wall.time(), self.zone)

    def _starts_on(self, day: date) -> list[datetime]:
        blocks, openings, is_steady = self._day(day)
        if not is_steady:
            return sorted({start for block in blocks for start in self._by_the_wall(*block.walls(day))})
        starts: list[datetime] = []
        is_rising = True
        for opens, closes in openings:
            is_rising = is_rising and (not starts or starts[-1] < opens)
            steps = -((opens - closes) // self.step)
            starts += accumulate(repeat(self.step, steps - 1), add, initial=opens)
        # Openings of a day stand in their order, unless one of a date lies over weekly ones.
        return starts if is_rising else sorted(set(starts))

    def _by_the_wall(self, wall: datetime, closes: datetime) -> Iterator[datetime]:
        while wall < closes:
            if (found := to_utc(wall.date(), wall.time(), self.zone)) is not None:
                yield found
            wall += self.step

    def _steady_offset(self, day: date) -> timedelta | None:
        """The one offset from UTC of the whole day; None on a day on which the clock changes.

        Where a change touches midnight, `fold` takes the offset before it at the day's beginning and the one
        after it at the day's end, so that the two differ.
        """
        begins = datetime.combine(day, MIDNIGHT, self.zone).utcoffset()
        ends = datetime.combine(day + DAY, MIDNIGHT_AGAIN, self.zone).utcoffset()
        return begins if begins == ends else None


class _Day(NamedTuple):
    """What is open on a date; `is_steady`: all day at one offset from UTC."""

    blocks: list[Block]
    openings: list[Interval]
    is_steady: bool


class _Grid:
    """The starts of day after day in one sorted list, which grows as far as somebody looks."""

    # No zone is further from UTC: a date's instants lie between its midnight in UTC less this, and the next plus it.
    FURTHEST = timedelta(hours=26)

    def __init__(self, starts_on: Callable[[date], list[datetime]]) -> None:
        self._starts_on = starts_on
        self._instants: list[datetime] = []
        self._begins = self._ends = datetime.min.replace(tzinfo=UTC)  # known from when until before when
        self._next = date.min

    def between(self, earliest: datetime, latest: datetime) -> Iterable[datetime]:
        if latest - earliest > DAY:
            return self._day_by_day(earliest, latest)
        self._reach(earliest, latest)
        first = bisect_left(self._instants, earliest)
        return self._instants[first : bisect_right(self._instants, latest, first)]

    def _day_by_day(self, earliest: datetime, latest: datetime) -> Iterator[datetime]:
        while earliest <= latest:
            until = min(latest, earliest + DAY)
            yield from self.between(earliest, until)
            earliest = until + timedelta.resolution

    def _reach(self, earliest: datetime, latest: datetime) -> None:
        if not self._begins <= earliest < self._ends + DAY:
            self._begin_at(earliest)
        while self._ends <= latest:
            self._add_day()

    def _begin_at(self, instant: datetime) -> None:
        self._instants = []
        self._begins = self._ends = instant
        self._next = (instant - self.FURTHEST).date()

    def _add_day(self) -> None:
        starts = self._starts_on(self._next)
        # Where a clock is put back over midnight, an earlier date follows a later one.
        is_later = not starts or not self._instants or self._instants[-1] < starts[0]
        self._instants += starts
        if not is_later:
            self._instants = sorted(set(self._instants))
        self._next += DAY
        midnight = datetime(self._next.year, self._next.month, self._next.day, tzinfo=UTC)
        self._ends = max(self._begins, midnight - self.FURTHEST)
