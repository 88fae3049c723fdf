"""How long a membership lasts: calendar months by the wall clock of the practice, one after the other without a gap."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# From a moment up to another.
Period = tuple[datetime, datetime]


def months_after(start: datetime, months: int, zone: ZoneInfo) -> datetime:
    """So many calendar months later, at the same wall time; on the last day of a month that is too short. In UTC."""
    local = start.astimezone(zone)
    years, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month + 1
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day, fold=0).astimezone(UTC)


def next_period(before: Iterable[Period], months: int, zone: ZoneInfo, now: datetime) -> Period:
    """What is bought now, `before` being the other periods of the same plan: from now, or from where the last one
    ends. Whoever began on the 31st and goes on without a gap ends on the 31st again wherever a month has one."""
    starts_by_end = {ends: starts for starts, ends in before}
    start = max([now, *starts_by_end])
    first, number = start, 1
    while first in starts_by_end:
        first, number = starts_by_end[first], number + 1
    return start, months_after(first, months * number, zone)
