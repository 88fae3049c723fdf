"""What the professional's week shows: a list for each day, which the style lays out as a sheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from bookings.domain.agenda import HOUR, MINUTE, Day, Span, Week, gaps, half_hours, shown
from bookings.domain.hours import boundary
from bookings.domain.lifecycle_table import HOLDING, Status
from bookings.models import Booking
from bookings.selectors.agenda import WeekOf

Kind = Literal["booking", "off", "gap", "now"]
Stretch = tuple[datetime, datetime, Any]
# An hour is drawn the taller the shorter the shortest appointment is, so that every name can be read: minutes
# from which each of the scales of static/css/agenda.css will do.
SCALES = (30, 20, 15, 10, 5)
# Where a day's appointment is offered to begin when nothing is free in it.
MORNING = time(9)


@dataclass(frozen=True)
class Entry:
    """A line of a day's list. `span.of` is the booking or the time off; `cells` are the half hours of free time."""

    kind: Kind
    span: Span[Any]
    cells: tuple[Span[Any], ...] = ()


@dataclass(frozen=True)
class DayOf:
    """`paper` is what only colours the sheet: openings and buffers; `add` is where a new appointment may begin;
    `hours` are the instants at which the sheet's hours begin."""

    date: date
    entries: list[Entry]
    openings: list[Span[Any]]
    buffers: list[Span[Any]]
    holiday: str
    is_closed: bool
    is_today: bool
    is_selected: bool
    count: int
    add: datetime | None
    change: int
    hours: list[datetime]

    @property
    def is_idle(self) -> bool:
        """Nothing happens: the sheet may make less room for it."""
        return not self.openings and not self.count


@dataclass(frozen=True)
class Sheet:
    """The days, and from which hour on how many hours are shown."""

    days: list[DayOf]
    top: int
    bottom: int
    scale: int
    hours: list[tuple[int, int]]

    @property
    def first_hour(self) -> int:
        return self.top // HOUR

    @property
    def rows(self) -> int:
        return (self.bottom - self.top) // HOUR


def sheet_of(week: Week, found: WeekOf, *, selected: date, now: datetime) -> Sheet:
    holding = [booking for booking in found.bookings if booking.status in HOLDING]
    taken = [(booking.blocked_from, booking.blocked_until) for booking in holding]
    taken += [(off.starts_at, off.ends_at) for off in found.times_off]
    free = gaps(found.openings, taken, after=max(now, week.begins))
    bookings = week.place(_appointments(found.bookings))
    openings = week.place((*opening, None) for opening in found.openings)
    top, bottom = week.visible(span for day in (*bookings, *openings) for span in day)
    off = week.place((off.starts_at, off.ends_at, off) for off in found.times_off)
    gaps_of = week.place((*gap, None) for gap in free)
    buffers = week.place(_buffers(holding))
    present = week.place([(now, now + 5 * MINUTE, None)])
    days = [
        DayOf(
            date=day.date,
            entries=sorted(
                [
                    *(Entry("booking", span) for span in bookings[n]),
                    *(Entry("off", span) for span in shown(off[n], top, bottom)),
                    *(Entry("gap", span, _cells(week, n, span)) for span in gaps_of[n]),
                    *(Entry("now", span) for span in shown(present[n], top, bottom)),
                ],
                key=lambda entry: entry.span.begins,
            ),
            openings=openings[n],
            buffers=shown(buffers[n], top, bottom),
            holiday=found.holidays.get(day.date, ""),
            is_closed=day.date in found.holidays and found.closed_on_holidays,
            is_today=day.begins <= now < day.ends,
            is_selected=day.date == selected,
            count=len(bookings[n]),
            add=_add(day, gaps_of[n], now),
            change=day.change.by if day.change else 0,
            hours=[week.instant(day, hour) for hour in range(top, bottom, HOUR)],
        )
        for n, day in enumerate(week.days)
    ]
    return Sheet(days, top, bottom, _scale(found.bookings), [h for h in week.hours() if top <= h[0] < bottom])


def _appointments(bookings: list[Booking]) -> Iterator[Stretch]:
    """Who did not come gives way to whom was taken instead."""
    for number, booking in enumerate(bookings):
        ends = booking.ends_at
        if booking.status == Status.NO_SHOW and number + 1 < len(bookings):
            ends = min(ends, bookings[number + 1].starts_at)
        yield booking.starts_at, ends, booking


def _buffers(bookings: list[Booking]) -> Iterator[Stretch]:
    for booking in bookings:
        yield booking.blocked_from, booking.starts_at, None
        yield booking.ends_at, booking.blocked_until, None


def _cells(week: Week, number: int, gap: Span[Any]) -> tuple[Span[Any], ...]:
    halves = half_hours(gap.begins, gap.ends, week.zone)
    return tuple(week.place((*half, None) for half in halves)[number])


def _add(day: Day, free: list[Span[Any]], now: datetime) -> datetime | None:
    """Past days take no new appointments; a day without free time may, by hand."""
    if free:
        return free[0].begins
    whole_hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    start = max(boundary(day.date, MORNING, day.zone), whole_hour)
    return start if day.begins <= start < day.ends else None


def _scale(bookings: list[Booking]) -> int:
    shortest = min((booking.duration_minutes for booking in bookings), default=SCALES[0])
    return next(number for number, minutes in enumerate(SCALES, 1) if shortest >= minutes)
