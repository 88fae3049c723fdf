"""Which days statistics are about, and how weeks divide them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bookings.domain.intervals import Intervals
from bookings.domain.occupancy import minutes_between, without
from bookings.domain.periods import Period, Span
from bookings.tests.factories import utc
from core.errors import Refused

BOGOTA = ZoneInfo("America/Bogota")
WEDNESDAY = date(2030, 1, 16)


@pytest.mark.parametrize(
    ("span", "monday", "weeks"),
    [
        (Span.FOUR_WEEKS, date(2029, 12, 24), 4),
        (Span.THREE_MONTHS, date(2029, 10, 22), 13),
        (Span.TWELVE_MONTHS, date(2029, 1, 22), 52),
    ],
)
def test_the_latest_weeks_are_whole_ones_up_to_this_sunday(span, monday, weeks):
    period = Period.latest(span, WEDNESDAY, BOGOTA)
    assert (period.first, period.last) == (monday, date(2030, 1, 20))
    assert len(period.mondays) == weeks


def test_days_are_those_of_the_zone():
    period = Period.between(WEDNESDAY, WEDNESDAY, BOGOTA)
    assert (period.begins, period.ends) == (utc(2030, 1, 16, 5), utc(2030, 1, 17, 5))


def test_a_period_may_begin_and_end_within_a_week():
    period = Period.between(date(2030, 1, 13), date(2030, 1, 15), BOGOTA)  # a Sunday
    assert period.mondays == [date(2030, 1, 7), date(2030, 1, 14)]
    assert period.edges() == [utc(2030, 1, 13, 5), utc(2030, 1, 14, 5), utc(2030, 1, 16, 5)]


def test_a_week_with_a_change_of_the_clock_is_an_hour_longer():
    begins, middle, ends = Period.between(
        date(2030, 10, 21), date(2030, 11, 3), ZoneInfo("Europe/Madrid")
    ).edges()
    assert ((middle - begins).total_seconds() / 3600, (ends - middle).total_seconds() / 3600) == (169, 168)


@pytest.mark.parametrize(
    ("first", "last", "code", "attr"),
    [
        (WEDNESDAY, date(2030, 1, 15), "order", "to"),
        (date(2028, 1, 1), date(2030, 1, 1), "range_too_long", "to"),
        (date(1999, 12, 31), date(2000, 1, 1), "out_of_range", "from"),
        (date(2099, 12, 31), date(2100, 1, 1), "out_of_range", "to"),
        (WEDNESDAY, None, "both_dates", "to"),
        (None, WEDNESDAY, "both_dates", "from"),
    ],
)
def test_what_is_no_period_is_refused(first, last, code, attr):
    with pytest.raises(Refused) as refused:
        Period.asked(first=first, last=last, span=None, today=WEDNESDAY, zone=BOGOTA)
    assert (refused.value.code, refused.value.attr) == (code, attr)


def test_two_years_may_be_asked_for():
    assert len(Period.between(date(2028, 1, 1), date(2029, 12, 31), BOGOTA).mondays) == 106


def hours(*pairs: tuple[int, int]) -> Intervals:
    return Intervals((utc(2030, 1, 7, begins), utc(2030, 1, 7, ends)) for begins, ends in pairs)


@pytest.mark.parametrize(
    ("holes", "left"),
    [
        (hours(), hours((9, 12), (14, 17))),
        (hours((8, 9), (12, 14), (17, 20)), hours((9, 12), (14, 17))),
        (hours((10, 11)), hours((9, 10), (11, 12), (14, 17))),
        (hours((10, 15)), hours((9, 10), (15, 17))),
        (hours((8, 10), (11, 12), (16, 18)), hours((10, 11), (14, 16))),
        (hours((8, 20)), hours()),
    ],
)
def test_what_is_left_beside_the_holes(holes, left):
    assert list(without(hours((9, 12), (14, 17)), holes)) == list(left)


def test_minutes_are_counted_where_they_lie():
    edges = [utc(2030, 1, 7, hour) for hour in (8, 10, 11, 16)]
    assert minutes_between(edges, hours((7, 9), (9, 12), (15, 18))) == [120, 60, 120]
