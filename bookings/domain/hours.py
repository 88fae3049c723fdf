"""When a professional is open: wall time in a zone, and the instants it means. Pure; no clock of its own.

A wall time that the clock skips does not exist; one that comes twice is meant the first time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import islice
from operator import lt
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

    def walls(self, day: date) -> tuple[datetime, datetime]:
        """From when until before when, as clocks on the wall say it."""
        last_day = day + DAY if self.ends == MIDNIGHT else day
        return datetime.combine(day, self.starts), datetime.combine(last_day, self.ends)

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


def is_rising(instants: Sequence[datetime]) -> bool:
    return all(map(lt, instants, islice(instants, 1, None)))


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
        self._grid = _Grid(self._starts_on)
        self.open = self._intervals()

    @cached_property
    def open_but_for_holidays(self) -> Intervals:
        if not self.holidays:
            return self.open
        return Hours(zone=self.zone, blocks=self.blocks, step=5, first=self.first, last=self.last).open

    def starts(self, earliest: datetime, latest: datetime) -> Iterator[datetime]:
        """The instants of the grid between these two, both included, in order, found as they are asked for. Cheap for
        who asks from early to late."""
        return self._grid.between(earliest, latest)

    def is_start(self, instant: datetime) -> bool:
        return next(self.starts(instant, instant), None) is not None

    def _intervals(self) -> Intervals:
        # A day more on each side: an opening may begin the evening before and reach into ours.
        day, end = ((edge.astimezone(self.zone)).date() for edge in (self.first - DAY, self.last + DAY))
        openings: list[Interval] = []
        while day <= end:
            openings += self._openings(day)
            day += DAY
        return Intervals(openings)

    def _blocks_on(self, day: date) -> Iterator[Block]:
        is_holiday = day in self.holidays
        return (block for block in self.blocks if block.is_on(day) and (block.on_date or not is_holiday))

    def _openings(self, day: date) -> Iterator[Interval]:
        for block in self._blocks_on(day):
            opens, closes = block.walls(day)
            if (offset := self._steady_offset(day)) is not None:
                yield (opens - offset).replace(tzinfo=UTC), (closes - offset).replace(tzinfo=UTC)
            else:
                yield (
                    boundary(opens.date(), opens.time(), self.zone),
                    boundary(closes.date(), closes.time(), self.zone),
                )

    def _starts_on(self, day: date) -> list[datetime]:
        starts: list[datetime] = []
        offset = self._steady_offset(day)
        for block in self._blocks_on(day):
            wall, closes = block.walls(day)
            if offset is None:
                starts += self._starts_by_the_wall(wall, closes)
                continue
            instant, end = (wall - offset).replace(tzinfo=UTC), (closes - offset).replace(tzinfo=UTC)
            while instant < end:
                starts.append(instant)
                instant += self.step
        # Openings of a day stand in their order, unless one of a date lies over weekly ones.
        return starts if is_rising(starts) else sorted(set(starts))

    def _starts_by_the_wall(self, wall: datetime, closes: datetime) -> Iterator[datetime]:
        while wall < closes:
            if (found := to_utc(wall.date(), wall.time(), self.zone)) is not None:
                yield found
            wall += self.step

    def _steady_offset(self, day: date) -> timedelta | None:
        """The one offset from UTC of the whole day; None on a day on which the clock changes.

        Where a change touches midnight, `fold` takes the offset before it at the day's beginning and the one
        after it at the day's end, so that the two differ.
        """
        begins = datetime.combine(day, MIDNIGHT, self.zone)
        ends = datetime.combine(day + DAY, MIDNIGHT, self.zone).replace(fold=1)
        return begins.utcoffset() if begins.utcoffset() == ends.utcoffset() else None


class _Grid:
    """The starts of day after day in one sorted list, which grows as far as somebody looks."""

    # No zone is further from UTC: a date's instants lie between its midnight in UTC less this, and the next plus it.
    FURTHEST = timedelta(hours=26)

    def __init__(self, starts_on: Callable[[date], list[datetime]]) -> None:
        self._starts_on = starts_on
        self._instants: list[datetime] = []
        self._begins = self._ends = datetime.min.replace(tzinfo=UTC)  # known from when until before when
        self._next = date.min

    def between(self, earliest: datetime, latest: datetime) -> Iterator[datetime]:
        if not self._begins <= earliest < self._ends + DAY:
            self._begin_at(earliest)
        while earliest <= latest:
            while self._ends <= earliest:
                self._add_day()
            ends, known = self._ends, self._instants
            until = bisect_right(known, latest) if latest < ends else bisect_left(known, ends)
            yield from known[bisect_left(known, earliest) : until]
            earliest = ends

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
