"""The week that follows from openings, holidays and time off, and its picture."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bookings.domain.days_off import moments, whole_days
from bookings.models import AvailabilityBlock, TimeOff
from bookings.selectors.availability import week_of
from bookings.selectors.opening_week import week
from bookings.tests.factories import make_professional, make_service
from bookings.views.week_picture import draw

MADRID = ZoneInfo("Europe/Madrid")
# The clock is put forward on the Sunday of this week.
MONDAY, SUNDAY = date(2027, 3, 22), date(2027, 3, 28)


def opening(starts, ends, **fields):
    return AvailabilityBlock(starts=time(starts), ends=time(ends), **fields)


def off(first, starts, last, ends):
    starts_at, ends_at = moments(first, time(starts), last, time(ends), MADRID)
    return TimeOff(starts_at=starts_at, ends_at=ends_at)


def seven(*blocks, times_off=(), holidays=None, closed=True):
    return week(
        MONDAY,
        blocks=blocks,
        times_off=times_off,
        holidays=holidays or {},
        closed_on_holidays=closed,
        zone=MADRID,
    )


def hours(stretches):
    return [(stretch.begins / 60, stretch.ends / 60) for stretch in stretches]


def test_weekly_hours_and_one_date_lie_side_by_side():
    days = seven(opening(15, 20, weekday=1), opening(9, 13, weekday=1), opening(20, 0, date=SUNDAY))
    assert [hours(day.open) for day in days] == [[(9, 13), (15, 20)], [], [], [], [], [], [(20, 24)]]
    assert [stretch.kind for stretch in days[6].open] == ["once"]


def test_what_is_switched_off_or_on_another_date_is_not_there():
    days = seven(opening(9, 13, weekday=1, is_active=False), opening(9, 13, date=date(2027, 3, 29)))
    assert not any(day.made for day in days)


@pytest.mark.parametrize(
    ("away", "left"),
    [
        ((10, 11), [(9, 10), (11, 17)]),
        ((8, 9), [(9, 17)]),
        ((8, 10), [(10, 17)]),
        ((16, 20), [(9, 16)]),
        ((17, 20), [(9, 17)]),
        ((0, 0), []),
    ],
)
def test_time_off_takes_its_part(away, left):
    days = seven(opening(9, 17, weekday=1), times_off=[off(MONDAY, away[0], MONDAY, away[1])])
    assert hours(days[0].open) == left


def test_two_times_off_on_one_day():
    away = [off(MONDAY, 13, MONDAY, 14), off(MONDAY, 10, MONDAY, 11)]
    assert hours(seven(opening(9, 17, weekday=1), times_off=away)[0].open) == [(9, 10), (11, 13), (14, 17)]


def test_time_off_of_several_days_and_over_the_change_of_the_clock():
    starts_at, ends_at = whole_days(date(2027, 3, 27), date(2027, 3, 29), MADRID)
    days = seven(times_off=[TimeOff(starts_at=starts_at, ends_at=ends_at)])
    assert [hours(day.off) for day in days[4:]] == [[], [(0, 24)], [(0, 24)]]
    days = seven(opening(0, 0, weekday=7), times_off=[off(SUNDAY, 4, SUNDAY, 6)])
    assert hours(days[6].open) == [(0, 4), (6, 24)]


def test_a_holiday_closes_weekly_hours_where_that_is_chosen():
    blocks = [opening(9, 17, weekday=5), opening(10, 12, date=date(2027, 3, 26))]
    good_friday = {date(2027, 3, 26): "Good Friday"}
    friday = seven(*blocks, holidays=good_friday)[4]
    assert (friday.holiday, hours(friday.open)) == ("Good Friday", [(10, 12)])
    assert [stretch.kind for stretch in friday.made] == ["closed", "once"]
    friday = seven(*blocks, holidays=good_friday, closed=False)[4]
    assert hours(friday.open) == [(9, 17), (10, 12)]


@pytest.mark.django_db
def test_the_picture_holds_every_opening_and_says_where_now_is():
    practice = make_professional(zone="Europe/Madrid", country="ES", closed_on_holidays=True)
    some = AvailabilityBlock.objects.create(
        professional=practice, weekday=6, starts=time(6), ends=time(8, 30)
    )
    some.services.add(make_service(practice))
    now = datetime(2027, 3, 27, 12, tzinfo=MADRID)
    picture = draw(week_of(practice, MONDAY), now)
    assert [tick.label for tick in picture.ticks] == ["06:00", "09:00", "12:00", "15:00", "18:00"]
    assert [(bar.x, bar.width, bar.look) for bar in picture.rows[0].bars] == [
        ("25.000%", "66.667%", "weekly")
    ]
    assert [bar.look for bar in picture.rows[4].bars] == ["closed"]
    assert [(bar.x, bar.look) for bar in picture.rows[5].bars] == [("0.000%", "weekly some")]
    assert [row.now for row in picture.rows] == ["", "", "", "", "", "50.000%", ""]
