"""The week that follows from openings, holidays and time off, as stretches of each day. Pure: it asks no database.

Minutes count from midnight on the wall's clock, 0 to 1440.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from bookings.domain.hours import DAY, MIDNIGHT
from bookings.models import AvailabilityBlock, TimeOff

MINUTES = 1440


class Kind(StrEnum):
    WEEKLY = "weekly"
    ONCE = "once"  # opened for one date
    CLOSED = "closed"  # open every week, but not on this holiday
    OFF = "off"


@dataclass(frozen=True)
class Stretch:
    """From `begins` until before `ends`, and what it comes from."""

    kind: Kind
    begins: int
    ends: int
    of: AvailabilityBlock | TimeOff


@dataclass(frozen=True)
class Day:
    """`made` are the openings as they were made, `off` the time off, and `open` what is left."""

    date: date
    holiday: str
    is_closed: bool
    made: list[Stretch]
    off: list[Stretch]
    open: list[Stretch]


def week(
    monday: date,
    *,
    blocks: Sequence[AvailabilityBlock],
    times_off: Sequence[TimeOff],
    holidays: Mapping[date, str],
    closed_on_holidays: bool,
    zone: ZoneInfo,
) -> list[Day]:
    """Monday to Sunday. Holidays close what is open every week; what is opened for one date is meant."""
    return [
        _day(day, blocks, times_off, holidays.get(day, ""), closed_on_holidays, zone)
        for day in (monday + number * DAY for number in range(7))
    ]


def _day(
    day: date,
    blocks: Sequence[AvailabilityBlock],
    times_off: Sequence[TimeOff],
    holiday: str,
    closed_on_holidays: bool,
    zone: ZoneInfo,
) -> Day:
    is_closed = bool(holiday) and closed_on_holidays
    made = sorted(_openings_on(day, blocks, is_closed), key=lambda stretch: stretch.begins)
    off = list(_off_on(day, times_off, zone))
    opened = (stretch for stretch in made if stretch.kind != Kind.CLOSED)
    return Day(
        day, holiday, is_closed, made, off, [left for stretch in opened for left in _less(stretch, off)]
    )


def _openings_on(day: date, blocks: Sequence[AvailabilityBlock], is_closed: bool) -> Iterator[Stretch]:
    for block in blocks:
        if block.is_active and (block.date == day or block.weekday == day.isoweekday()):
            weekly = Kind.CLOSED if is_closed else Kind.WEEKLY
            ends = MINUTES if block.ends == MIDNIGHT else _minute(block.ends)
            yield Stretch(Kind.ONCE if block.date else weekly, _minute(block.starts), ends, block)


def _off_on(day: date, times_off: Sequence[TimeOff], zone: ZoneInfo) -> Iterator[Stretch]:
    for off in sorted(times_off, key=lambda off: off.starts_at):
        begins, ends = _minute_on(day, off.starts_at, zone), _minute_on(day, off.ends_at, zone)
        if begins < ends:
            yield Stretch(Kind.OFF, begins, ends, off)


def _minute_on(day: date, moment: datetime, zone: ZoneInfo) -> int:
    """What the clock shows; the edge of the day for a moment before or after it."""
    local = moment.astimezone(zone)
    if local.date() != day:
        return 0 if local.date() < day else MINUTES
    return _minute(local.time())


def _minute(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _less(stretch: Stretch, holes: Iterable[Stretch]) -> Iterator[Stretch]:
    """What is left of it beside the holes, which are in order."""
    begins = stretch.begins
    for hole in holes:
        if hole.ends <= begins:
            continue
        if hole.begins >= stretch.ends:
            break
        if begins < hole.begins:
            yield Stretch(stretch.kind, begins, hole.begins, stretch.of)
        begins = hole.ends
    if begins < stretch.ends:
        yield Stretch(stretch.kind, begins, stretch.ends, stretch.of)
