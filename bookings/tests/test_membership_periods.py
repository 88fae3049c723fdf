"""How long a membership lasts: calendar months by the practice's clock, whatever the month and the hour."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.domain.membership_periods import months_after, next_period
from bookings.tests.factories import utc

# West and east, with summer time (one by half an hour, one that skips midnight) and without.
ZONES = [
    ZoneInfo(name)
    for name in (
        "America/Bogota",
        "America/Santiago",
        "Europe/Madrid",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Pacific/Apia",
    )
]
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))
months = st.integers(1, 24)


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        (utc(2027, 1, 31, 12), 1, utc(2027, 2, 28, 12)),
        (utc(2028, 1, 31, 12), 1, utc(2028, 2, 29, 12)),
        (utc(2027, 1, 31, 12), 2, utc(2027, 3, 31, 11)),  # summer time since the 28th
        (utc(2027, 8, 31, 12), 6, utc(2028, 2, 29, 13)),
        (utc(2027, 2, 28, 1, 30), 1, utc(2027, 3, 28, 1, 30)),  # half past two: that hour is skipped
        (utc(2027, 12, 15, 12), 24, utc(2029, 12, 15, 12)),
    ],
)
def test_months_in_madrid(start, number, end):
    assert months_after(start, number, ZoneInfo("Europe/Madrid")) == end


def test_the_days_are_those_of_the_practice():
    """In Bogotá it is still the last of January."""
    end = months_after(utc(2027, 2, 1, 3), 1, ZoneInfo("America/Bogota"))
    assert end.astimezone(ZoneInfo("America/Bogota")).day == 28


@given(moments, months, st.sampled_from(ZONES))
def test_the_wall_clock_says_the_same_on_the_same_day_or_the_last_one(start, number, zone):
    end = months_after(start, number, zone)
    began, ended = start.astimezone(zone), end.astimezone(zone)
    assert end > start
    moved = timedelta(hours=24) if zone.key == "Pacific/Apia" else timedelta(hours=1)
    wanted = began.replace(tzinfo=None, fold=0)
    index = wanted.month - 1 + number
    year, month = wanted.year + index // 12, index % 12 + 1
    wanted = wanted.replace(year=year, month=month, day=min(wanted.day, monthrange(year, month)[1]))
    # Only an hour that the clock skips comes later than it says.
    assert timedelta(0) <= ended.replace(tzinfo=None) - wanted <= moved


@given(moments, st.lists(st.integers(-40, 400), min_size=1, max_size=6), months, st.sampled_from(ZONES))
def test_bought_again_and_again_no_time_is_sold_twice_or_lost(first, days, number, zone):
    """Each purchase comes some days after the one before."""
    now, periods = first, []
    for pause in days:
        now += timedelta(days=max(pause, 0))
        start, end = next_period(periods, number, zone, now)
        assert start >= now and end > start
        assert all(start >= other_end for _start, other_end in periods)
        if periods and now <= periods[-1][1]:
            assert start == periods[-1][1]
        periods.append((start, end))


@given(moments, st.integers(1, 30), st.sampled_from(ZONES))
def test_month_by_month_is_as_long_as_all_at_once(first, number, zone):
    periods = []
    for _n in range(number):
        periods.append(next_period(periods, 1, zone, first))
    assert periods[-1][1] == months_after(first, number, zone)


def test_after_a_gap_it_begins_anew():
    periods = [(utc(2027, 1, 31, 12), utc(2027, 2, 28, 12))]
    start, end = next_period(periods, 1, ZoneInfo("UTC"), utc(2027, 3, 5, 9))
    assert (start, end) == (utc(2027, 3, 5, 9), utc(2027, 4, 5, 9))
