"""Which starts are free: pure rules over openings, busy times and a policy. No database, no clock of its own.

Openings are wall time in the professional's zone. A start that the clock skips does not exist; one that comes
twice is offered once, the first time. Durations are elapsed minutes, whatever the clock does meanwhile.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

Interval = tuple[datetime, datetime]
DAY = timedelta(days=1)
MIDNIGHT = time(0)


class Refusal(StrEnum):
    """Why a start is not free."""

    PAST = "past"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    CLOSED = "closed"
    TIME_OFF = "time_off"
    OFF_GRID = "off_grid"
    TAKEN = "taken"


@dataclass(frozen=True)
class Block:
    """An opening by weekday (ISO 1..7) or by date; `ends` 00:00 is midnight at the end of the day."""

    starts: time
    ends: time
    weekday: int | None = None
    on_date: date | None = None

    def is_on(self, day: date) -> bool:
        return self.on_date == day if self.on_date else self.weekday == day.isoweekday()


@dataclass(frozen=True)
class Rules:
    """What a start of one service must satisfy; minutes, except the horizon in days."""

    duration: int
    buffer_before: int = 0
    buffer_after: int = 0
    minimum_notice: int = 0
    horizon_days: int = 60


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


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Sorted, with touching and overlapping ones made one."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


class Intervals:
    """Disjoint sorted intervals that answer in logarithmic time."""

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        self._merged = merge(intervals)
        self._starts = [start for start, _ in self._merged]
        self._ends = [end for _, end in self._merged]

    def __iter__(self) -> Iterator[Interval]:
        return iter(self._merged)

    def overlap(self, start: datetime, end: datetime) -> bool:
        return bisect_right(self._ends, start) < bisect_left(self._starts, end)

    def contain(self, start: datetime, end: datetime) -> bool:
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self._ends[at]


class Hours:
    """When one professional is open between two instants, and the grid on which appointments start there.

    All services of the professional share it: a day's grid is reckoned once, when somebody first looks there.
    """

    def __init__(
        self, *, zone: ZoneInfo, blocks: Sequence[Block], step: int, first: datetime, last: datetime
    ) -> None:
        """From `first` until before `last` (UTC); `step` in minutes, counted from where each block begins."""
        self.zone, self.blocks, self.step = zone, blocks, timedelta(minutes=step)
        self.first, self.last = first, last
        self._grid: dict[date, list[datetime]] = {}
        # A day more on each side: an opening may begin the evening before and reach into ours.
        self.open = Intervals(
            opening for day in self._days(first - DAY, last + DAY) for opening in self._openings(day)
        )

    def starts(self, earliest: datetime, latest: datetime) -> Iterator[datetime]:
        """The instants of the grid between these two, both included, in order."""
        # A day more on each side: where a clock is put back over midnight, an earlier date follows a later one.
        for day in self._days(earliest - DAY, latest + DAY):
            grid = self._grid_of(day)
            yield from grid[bisect_left(grid, earliest) : bisect_right(grid, latest)]

    def is_start(self, instant: datetime) -> bool:
        return next(self.starts(instant, instant), None) is not None

    def _days(self, first: datetime, last: datetime) -> Iterator[date]:
        day, end = first.astimezone(self.zone).date(), last.astimezone(self.zone).date()
        while day <= end:
            yield day
            day += DAY

    def _openings(self, day: date) -> Iterator[Interval]:
        for block in self.blocks:
            if block.is_on(day):
                last_day = day + DAY if block.ends == MIDNIGHT else day
                yield boundary(day, block.starts, self.zone), boundary(last_day, block.ends, self.zone)

    def _grid_of(self, day: date) -> list[datetime]:
        if day not in self._grid:
            offset = self._steady_offset(day)
            walls = (wall for block in self.blocks if block.is_on(day) for wall in self._walls(block, day))
            if offset is None:
                instants = {to_utc(wall.date(), wall.time(), self.zone) for wall in walls}
            else:
                instants = {(wall - offset).replace(tzinfo=UTC) for wall in walls}
            self._grid[day] = sorted(instant for instant in instants if instant is not None)
        return self._grid[day]

    def _walls(self, block: Block, day: date) -> Iterator[datetime]:
        wall = datetime.combine(day, block.starts)
        end = datetime.combine(day + DAY if block.ends == MIDNIGHT else day, block.ends)
        while wall < end:
            yield wall
            wall += self.step

    def _steady_offset(self, day: date) -> timedelta | None:
        """The one offset from UTC of the whole day; None on a day on which the clock changes.

        Where a change touches midnight, `fold` takes the offset before it at the day's beginning and the one
        after it at the day's end, so that the two differ.
        """
        begins = datetime.combine(day, MIDNIGHT, self.zone)
        ends = datetime.combine(day + DAY, MIDNIGHT, self.zone).replace(fold=1)
        return begins.utcoffset() if begins.utcoffset() == ends.utcoffset() else None


class Schedule:
    """The hours of a professional and what is taken of them, ready to be asked about starts of one service."""

    def __init__(
        self, *, hours: Hours, rules: Rules, now: datetime, busy: Intervals, time_off: Intervals
    ) -> None:
        self.hours, self.rules, self.now = hours, rules, now
        self.busy, self.time_off = busy, time_off
        self._duration = timedelta(minutes=rules.duration)
        self._before = timedelta(minutes=rules.buffer_before)
        self._after = timedelta(minutes=rules.buffer_after)
        self._soonest = now + timedelta(minutes=rules.minimum_notice)
        self._latest = now + timedelta(days=rules.horizon_days)

    def free(self) -> Iterator[datetime]:
        """The free starts within the hours' `first` until before `last`, in order, found as they are asked for."""
        for earliest, latest in self._windows():
            yield from self.hours.starts(earliest, latest)

    def refusals(self, start: datetime) -> list[Refusal]:
        """Every rule that says no to this start; empty exactly when `free` would offer it."""
        found = list(self._refusals(start))
        if Refusal.CLOSED not in found and not self.hours.is_start(start):
            found.append(Refusal.OFF_GRID)
        return found

    def _refusals(self, start: datetime) -> Iterator[Refusal]:
        end = start + self._duration
        if start < self.now:
            yield Refusal.PAST
        elif start < self._soonest:
            yield Refusal.TOO_SOON
        elif start > self._latest:
            yield Refusal.TOO_FAR
        if not self.hours.open.contain(start, end):
            yield Refusal.CLOSED
        if self.time_off.overlap(start, end):
            yield Refusal.TIME_OFF
        if self.busy.overlap(start - self._before, end + self._after):
            yield Refusal.TAKEN

    def _windows(self) -> Iterator[Interval]:
        """From when until when, both included, any instant of the grid is a free start: the openings, less the
        starts that would run into something."""
        earliest = max(self.hours.first, self._soonest)
        latest = min(self.hours.last - timedelta.resolution, self._latest)
        forbidden = self._forbidden()
        at = 0
        for opens, closes in self.hours.open:
            begin, end = max(opens, earliest), min(closes - self._duration, latest)
            while at < len(forbidden) and forbidden[at][1] <= begin:
                at += 1
            ahead = at
            while ahead < len(forbidden) and forbidden[ahead][0] < end:
                if begin <= forbidden[ahead][0]:
                    yield begin, forbidden[ahead][0]
                begin = max(begin, forbidden[ahead][1])
                ahead += 1
            if begin <= end:
                yield begin, end

    def _forbidden(self) -> list[Interval]:
        """Between which instants, neither included, a start would run into something; disjoint, sorted."""
        off = [(start - self._duration, end) for start, end in self.time_off]
        lead = self._duration + self._after
        taken = [(start - lead, end + self._before) for start, end in self.busy]
        apart: list[Interval] = []
        for start, end in sorted(off + taken):
            # Two that only touch leave one instant between them.
            if apart and start < apart[-1][1]:
                apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
            else:
                apart.append((start, end))
        return apart
