"""Which starts are free: pure rules over openings, busy times and a policy. No database, no clock of its own.

Openings are wall time in the professional's zone. A start that the clock skips does not exist; one that comes
twice is offered once, the first time. Durations are elapsed minutes, whatever the clock does meanwhile.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
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
    """What a start must satisfy; minutes, except the horizon in days."""

    duration: int
    step: int
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

    def __init__(self, intervals: Iterable[Interval]) -> None:
        merged = merge(intervals)
        self._starts = [start for start, _ in merged]
        self._ends = [end for _, end in merged]

    def overlap(self, start: datetime, end: datetime) -> bool:
        return bisect_right(self._ends, start) < bisect_left(self._starts, end)

    def contain(self, start: datetime, end: datetime) -> bool:
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self._ends[at]


@dataclass
class Schedule:
    """One professional's time between two instants, ready to be asked about starts of one service."""

    zone: ZoneInfo
    blocks: Sequence[Block]
    rules: Rules
    now: datetime
    first: datetime
    last: datetime
    busy: Sequence[Interval] = ()
    time_off: Sequence[Interval] = ()
    _grid: list[datetime] = field(init=False)

    def __post_init__(self) -> None:
        # A day more on each side: an opening may begin the evening before and reach into ours.
        days = list(self._days(self.first - DAY, self.last + DAY))
        self._open = Intervals(self._openings(days))
        self._busy = Intervals(self.busy)
        self._off = Intervals(self.time_off)
        self._grid = sorted(set(self._candidates(days)))

    def free(self) -> list[datetime]:
        """The free starts from `first` until before `last`, in order."""
        lo, hi = bisect_left(self._grid, self.first), bisect_left(self._grid, self.last)
        return [start for start in self._grid[lo:hi] if next(self._refusals(start), None) is None]

    def refusals(self, start: datetime) -> list[Refusal]:
        """Every rule that says no to this start; empty exactly when `free` would offer it."""
        found = list(self._refusals(start))
        at = bisect_left(self._grid, start)
        on_grid = at < len(self._grid) and self._grid[at] == start
        if not on_grid and Refusal.CLOSED not in found:
            found.append(Refusal.OFF_GRID)
        return found

    def _refusals(self, start: datetime) -> Iterator[Refusal]:
        rules = self.rules
        end = start + timedelta(minutes=rules.duration)
        if start < self.now:
            yield Refusal.PAST
        elif start < self.now + timedelta(minutes=rules.minimum_notice):
            yield Refusal.TOO_SOON
        elif start > self.now + timedelta(days=rules.horizon_days):
            yield Refusal.TOO_FAR
        if not self._open.contain(start, end):
            yield Refusal.CLOSED
        if self._off.overlap(start, end):
            yield Refusal.TIME_OFF
        padded = (start - timedelta(minutes=rules.buffer_before), end + timedelta(minutes=rules.buffer_after))
        if self._busy.overlap(*padded):
            yield Refusal.TAKEN

    def _days(self, first: datetime, last: datetime) -> Iterator[date]:
        day, end = first.astimezone(self.zone).date(), last.astimezone(self.zone).date()
        while day <= end:
            yield day
            day += DAY

    def _openings(self, days: Iterable[date]) -> Iterator[Interval]:
        for day in days:
            for block in self.blocks:
                if block.is_on(day):
                    last_day = day + DAY if block.ends == MIDNIGHT else day
                    yield boundary(day, block.starts, self.zone), boundary(last_day, block.ends, self.zone)

    def _candidates(self, days: Iterable[date]) -> Iterator[datetime]:
        step = timedelta(minutes=self.rules.step)
        for day in days:
            for block in self.blocks:
                if not block.is_on(day):
                    continue
                wall = datetime.combine(day, block.starts)
                end = datetime.combine(day + DAY if block.ends == MIDNIGHT else day, block.ends)
                while wall < end:
                    if (instant := to_utc(wall.date(), wall.time(), self.zone)) is not None:
                        yield instant
                    wall += step
