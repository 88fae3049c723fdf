"""The quick way to free starts says what the plain rules say, at every instant, in every zone of the world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.domain.hours import Block, to_utc
from bookings.domain.slots import Schedule
from bookings.tests.test_slots import ZONES, schedule

DAY = timedelta(days=1)


@st.composite
def zones_and_days(draw: st.DrawFn) -> tuple[ZoneInfo, date]:
    """Where the zone's clock changes in that year, mostly a day around a change."""
    zone, year = ZoneInfo(draw(st.sampled_from(ZONES))), draw(st.integers(1975, 2036))
    days = [date(year, 1, 1) + n * DAY for n in range(365)]
    offsets = [datetime.combine(day, time(12), zone).utcoffset() for day in days]
    changes = [day for day, (one, other) in zip(days, pairwise(offsets), strict=False) if one != other]
    around = draw(st.sampled_from(changes or days)) + draw(st.integers(-1, 2)) * DAY
    return zone, draw(st.sampled_from([around, around, draw(st.sampled_from(days))]))


clocks = st.sampled_from([time(hour, minute) for hour in range(24) for minute in (0, 20, 45)])
blocks = st.builds(
    Block,
    clocks,
    clocks,
    weekday=st.integers(1, 7),
).filter(lambda block: block.starts < block.ends or block.ends == time(0))
rules = st.fixed_dictionaries(
    {
        "duration": st.sampled_from([5, 20, 45, 90, 480]),
        "step": st.sampled_from([5, 15, 50, 240]),
        "buffer_before": st.sampled_from([0, 10, 25]),
        "buffer_after": st.sampled_from([0, 5, 15]),
        "minimum_notice": st.sampled_from([0, 90]),
        "horizon_days": st.sampled_from([1, 365]),
    }
)
away = st.sets(st.integers(-2, 5), max_size=2)  # days from the first one
stretches = st.lists(st.tuples(st.integers(-100, 4 * 288), st.integers(1, 100)), max_size=6)
always = [Block(time(0), time(0), weekday=n) for n in range(1, 8)]


@settings(max_examples=150, deadline=None)
@given(
    zones_and_days(),
    st.just(always) | st.lists(blocks, min_size=4, max_size=14),
    rules,
    stretches,
    stretches,
    stretches,
    away,
    away,
    st.integers(-600, 600),
)
def test_free_is_every_instant_that_nothing_refuses(
    when, opened, given_rules, busy, off, elsewhere, holidays, full, now
):
    zone, day = when
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    plan = schedule(
        opened,
        zone=zone,
        first=first,
        days=3,
        rules=dict(given_rules),
        now=first + timedelta(minutes=now),
        busy=[spell(first, *stretch) for stretch in busy],
        time_off=[spell(first, *stretch) for stretch in off],
        person_busy=[spell(first, *stretch) for stretch in elsewhere],
        holidays={day + n * DAY for n in holidays},
        full_days={day + n * DAY for n in full},
    )
    offered = list(plan.free())
    assert offered == sorted(set(offered))
    plain = {instant for instant in plain_grid(plan) if first <= instant < first + 3 * DAY}
    every_five_minutes = {first + timedelta(minutes=5 * n) for n in range(3 * 288)}
    free = {instant for instant in every_five_minutes | plain if plan.refusals(instant) == []}
    assert free == set(offered)
    assert free <= plain


def spell(first: datetime, at: int, length: int) -> tuple[datetime, datetime]:
    begins = first + timedelta(minutes=5 * at)
    return begins, begins + timedelta(minutes=5 * length)


def plain_grid(plan: Schedule) -> Iterator[datetime]:
    """Every wall time by itself, without a thought for speed."""
    hours = plan.hours
    for n in range(-2, 6):
        day = hours.first.date() + n * DAY
        for block in hours.blocks:
            wall = datetime.combine(day, block.starts)
            end = datetime.combine(day + DAY if block.ends == time(0) else day, block.ends)
            closed = day in hours.holidays and block.weekday is not None
            on = block.on_date == day if block.on_date else block.weekday == day.isoweekday()
            while on and not closed and wall < end:
                if (instant := to_utc(wall.date(), wall.time(), hours.zone)) is not None:
                    yield instant
                wall += hours.step


@settings(max_examples=300, deadline=None)
@given(zones_and_days(), st.sampled_from([5, 7, 30]))
def test_the_grid_of_each_day_is_that_of_its_wall_times(when, step):
    zone, day = when
    first = datetime(day.year, day.month, day.day, tzinfo=UTC)
    plan = schedule(always, zone=zone, first=first, rules={"step": step})
    grid = list(plan.hours.starts(first, first + DAY))
    assert grid == sorted(at for at in plain_grid(plan) if first <= at <= first + DAY)
