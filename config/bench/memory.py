"""(a) A month of free starts in memory, against a plain subtraction of sorted intervals."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from zoneinfo import ZoneInfo

from bookings.domain.hours import Block, Hours
from bookings.domain.intervals import Interval, Intervals
from bookings.domain.slots import Rules, Schedule, Taken
from config.bench.figures import Figure, in_turns

ZONE = ZoneInfo("America/Bogota")
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)
BLOCKS = [Block(wall(8), wall(20), weekday=weekday) for weekday in range(1, 7)]
DURATION, STEP = 30, 15
BUSY = 200
NOW = datetime(2026, 11, 20, tzinfo=UTC)


def figures() -> list[Figure]:
    busy = _busy_periods()
    found, expected = _ours(busy), plain(busy)
    assert found == expected, "the plain version finds other times"  # noqa: S101
    times = in_turns(
        {"ours": lambda: _ours(busy), "plain": lambda: plain(busy)}, seconds=4, clock=time.process_time
    )
    note = f"{len(found)} free starts, {BUSY} busy periods"
    return [Figure("(a) a month of slots in memory", times["ours"], times["plain"], aim=1.5, note=note)]


def plain(busy: list[Interval]) -> list[datetime]:
    """As a person writes it who knows one zone without clock changes and one service: for each opening, its busy
    periods are cut out, and what is left is stepped through."""
    duration, step = timedelta(minutes=DURATION), timedelta(minutes=STEP)
    busy = sorted(busy)
    starts: list[datetime] = []
    at = 0
    day = FIRST
    while day <= LAST:
        for block in BLOCKS:
            if block.weekday != day.isoweekday():
                continue
            start = datetime.combine(day, block.starts, ZONE).astimezone(UTC)
            closes = datetime.combine(day, block.ends, ZONE).astimezone(UTC)
            while start + duration <= closes:
                while at < len(busy) and busy[at][1] <= start:
                    at += 1
                if at == len(busy) or start + duration <= busy[at][0]:
                    starts.append(start)
                start += step
        day += timedelta(days=1)
    return starts


def _ours(busy: list[Interval]) -> list[datetime]:
    hours = Hours(
        zone=ZONE,
        blocks=BLOCKS,
        step=STEP,
        first=datetime.combine(FIRST, wall(0), ZONE).astimezone(UTC),
        last=datetime.combine(LAST + timedelta(days=1), wall(0), ZONE).astimezone(UTC),
    )
    taken = Taken(busy=Intervals(busy))
    schedule = Schedule(hours=hours, rules=Rules(duration=DURATION), now=NOW, taken=taken)
    return list(schedule.free())


def _busy_periods() -> list[Interval]:
    """Apart from each other, at any fifth minute, of half an hour or an hour."""
    chance = random.Random(1)  # noqa: S311  (the same ones every time)
    begin = datetime.combine(FIRST, wall(0), ZONE).astimezone(UTC)
    periods: list[Interval] = []
    while len(periods) < BUSY:
        day, minute = chance.randrange(31), chance.randrange(8 * 60, 19 * 60, 5)
        start = begin + timedelta(days=day, minutes=minute)
        end = start + timedelta(minutes=chance.choice([30, 60]))
        if all(end <= other[0] or other[1] <= start for other in periods):
            periods.append((start, end))
    return sorted(periods)
