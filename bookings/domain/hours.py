"""When a professional is open: wall time in a zone, and the instants it means. Pure; no clock of its own.

A wall time that the clock skips does not exist; one that comes twice is meant the first time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from bookings.domain.intervals import Interval, Intervals

DAY = timedelta(days=1)
MIDNIGHT = time(0)


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

    def is_on(self, day: date) -> bool:
        return self.on_date == day if self.on_date else self.weekday == day.isoweekday()

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
        self._grid: dict[date, list[datetime]] = {}
        self.open = self._intervals()

    @cached_property
    def open_but_for_holidays(self) -> Intervals:
        return (
            Hours(zone=self.zone, blocks=self.blocks, step=5, first=self.first, last=self.last).open
            if self.holidays
            else self.open
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

    def _intervals(self) -> Intervals:
        # A day more on each side: an opening may begin the evening before and reach into ours.
        days = self._days(self.first - DAY, self.last + DAY)
        return Intervals(opening for day in days for opening in self._openings(day))

    def _blocks_on(self, day: date) -> Iterator[Block]:
        is_holiday = day in self.holidays
        return (block for block in self.blocks if block.is_on(day) and (block.on_date or not is_holiday))

    def _openings(self, day: date) -> Iterator[Interval]:
        for block in self._blocks_on(day):
            last_day = day + DAY if block.ends == MIDNIGHT else day
            yield boundary(day, block.starts, self.zone), boundary(last_day, block.ends, self.zone)

    def _grid_of(self, day: date) -> list[datetime]:
        if day not in self._grid:
            offset = self._steady_offset(day)
            walls = (wall for block in self._blocks_on(day) for wall in self._walls(block, day))
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
