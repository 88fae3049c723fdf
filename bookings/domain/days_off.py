"""Time off as people say it: whole days, hours of a day, from one moment to another. Pure."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bookings.domain.hours import DAY, MIDNIGHT, boundary
from bookings.domain.intervals import Interval

LONGEST = 366 * DAY
# How far ahead a practice plans its time.
FARTHEST = 5 * 366 * DAY


def whole_days(first: date, last: date, zone: ZoneInfo) -> Interval:
    """From the beginning of the first day to the end of the last; nothing when they are the wrong way round."""
    return boundary(first, MIDNIGHT, zone), boundary(last + DAY, MIDNIGHT, zone)


def moments(first: date, starts: time, last: date, ends: time, zone: ZoneInfo) -> Interval:
    """Between two wall times; 00:00 as the end is midnight at the end of `last`."""
    last_day = last + DAY if ends == MIDNIGHT else last
    return boundary(first, starts, zone), boundary(last_day, ends, zone)


def days_of(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[date, date] | None:
    """The first and the last day of a time off that is made of whole days; None for another."""
    first, last = starts_at.astimezone(zone).date(), ends_at.astimezone(zone).date() - DAY
    return (first, last) if whole_days(first, last, zone) == (starts_at, ends_at) else None
