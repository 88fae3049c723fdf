"""Which starts are free: pure rules over hours, busy times and a policy. No database, no clock of its own.

Durations are elapsed minutes, whatever the clock does meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bookings.domain.hours import Hours
from bookings.domain.intervals import Interval, Intervals


class Refusal(StrEnum):
    """Why a start cannot be booked."""

    PAST = "past"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    CLOSED = "closed"
    # The weekly hours would hold it, were it not a public holiday.
    HOLIDAY = "holiday"
    # Open at this time, but for other services.
    OTHER_SERVICES = "other_services"
    TIME_OFF = "time_off"
    OFF_GRID = "off_grid"
    DAY_FULL = "day_full"
    TAKEN = "taken"
    # These are about who asks, not about the time alone.
    BOOKING_CLOSED = "booking_closed"
    PATIENTS_ONLY = "patients_only"
    PATIENT_BUSY = "patient_busy"


NOTHING = Intervals()
NOT_OPEN = frozenset({Refusal.CLOSED, Refusal.HOLIDAY, Refusal.OTHER_SERVICES})


@dataclass(frozen=True)
class Rules:
    """What a start of one service must satisfy; minutes, except the horizon in days."""

    duration: int
    buffer_before: int = 0
    buffer_after: int = 0
    minimum_notice: int = 0
    horizon_days: int = 60


@dataclass(frozen=True)
class Taken:
    """What stands in the way. `busy`: the professional's bookings with their buffers; `full_days`: dates in the
    professional's zone that hold all the bookings they may; `person_busy`: the times of who asks, elsewhere too."""

    busy: Intervals = NOTHING
    time_off: Intervals = NOTHING
    full_days: Collection[date] = frozenset()
    person_busy: Intervals = NOTHING


class Schedule:
    """The hours of a professional and what is taken of them, ready to be asked about starts of one service.

    `hours` are those in which this service may be; `all_hours` those of all services, to say why.
    """

    def __init__(
        self, *, hours: Hours, rules: Rules, now: datetime, taken: Taken, all_hours: Hours | None = None
    ) -> None:
        self.hours, self.rules, self.now, self.taken = hours, rules, now, taken
        self._all_hours = all_hours or hours
        self._duration = timedelta(minutes=rules.duration)
        self._before = timedelta(minutes=rules.buffer_before)
        self._after = timedelta(minutes=rules.buffer_after)
        self._soonest = now + timedelta(minutes=rules.minimum_notice)
        self._latest = now + timedelta(days=rules.horizon_days)

    def free(self) -> Iterator[datetime]:
        """The free starts within the hours' `first` until before `last`, in order, found as they are asked for."""
        for earliest, latest in self._windows():
            starts = self.hours.starts(earliest, latest)
            yield from (
                (start for start in starts if not self._is_full(start)) if self.taken.full_days else starts
            )

    def refusals(self, start: datetime) -> list[Refusal]:
        """Every rule that says no to this start; empty exactly when `free` would offer it."""
        found = list(self._refusals(start))
        if not NOT_OPEN.intersection(found) and not self.hours.is_start(start):
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
            yield self._why_not_open(start, end)
        if self.taken.time_off.overlap(start, end):
            yield Refusal.TIME_OFF
        if self._is_full(start):
            yield Refusal.DAY_FULL
        if self.taken.busy.overlap(start - self._before, end + self._after):
            yield Refusal.TAKEN
        if self.taken.person_busy.overlap(start, end):
            yield Refusal.PATIENT_BUSY

    def _why_not_open(self, start: datetime, end: datetime) -> Refusal:
        if self.hours.open_but_for_holidays.contain(start, end):
            return Refusal.HOLIDAY
        return Refusal.OTHER_SERVICES if self._all_hours.open.contain(start, end) else Refusal.CLOSED

    def _is_full(self, start: datetime) -> bool:
        return start.astimezone(self.hours.zone).date() in self.taken.full_days

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
        away = [*self.taken.time_off, *self.taken.person_busy]
        off = [(start - self._duration, end) for start, end in away]
        lead = self._duration + self._after
        taken = [(start - lead, end + self._before) for start, end in self.taken.busy]
        apart: list[Interval] = []
        for start, end in sorted(off + taken):
            # Two that only touch leave one instant between them.
            if apart and start < apart[-1][1]:
                apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
            else:
                apart.append((start, end))
        return apart
