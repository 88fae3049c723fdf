"""The pure rules of free starts, by example and by property over every zone of the world."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.domain.hours import Block, Hours, boundary, to_utc
from bookings.domain.intervals import Intervals, merge
from bookings.domain.slots import Refusal, Rules, Schedule, Taken

BOGOTA = ZoneInfo("America/Bogota")
MADRID = ZoneInfo("Europe/Madrid")
ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})
WEEKDAYS = [Block(time(9), time(17), weekday=day) for day in range(1, 6)]


def schedule(blocks=None, *, zone=BOGOTA, first=datetime(2026, 11, 23, tzinfo=UTC), days=1, **given):
    rules = {"duration": 30, "step": 30, "horizon_days": 365} | given.pop("rules", {})
    step = rules.pop("step")

    def hours(of):
        last = first + timedelta(days=days)
        holidays = given.get("holidays", frozenset())
        return Hours(zone=zone, blocks=of, step=step, first=first, last=last, holidays=holidays)

    mine = WEEKDAYS if blocks is None else blocks
    return Schedule(
        hours=hours(mine),
        all_hours=hours([*mine, *given.get("others", ())]),
        rules=Rules(**rules),
        now=given.get("now", first - timedelta(days=30)),
        taken=Taken(
            busy=Intervals(given.get("busy", ())),
            time_off=Intervals(given.get("time_off", ())),
            full_days=given.get("full_days", frozenset()),
            person_busy=Intervals(given.get("person_busy", ())),
        ),
    )


def walls(plan: Schedule) -> list[str]:
    return [start.astimezone(plan.hours.zone).strftime("%d %H:%M") for start in plan.free()]


def test_a_working_day_offers_each_step_that_fits():
    offered = walls(schedule(rules={"duration": 60, "step": 120}))
    assert offered == ["23 09:00", "23 11:00", "23 13:00", "23 15:00"]


def test_midnight_to_midnight_is_one_long_opening():
    always = [Block(time(0), time(0), weekday=day) for day in range(1, 8)]
    plan = schedule(always, rules={"duration": 20, "step": 10})
    assert len(list(plan.free())) == 144


def test_a_booking_takes_its_time_and_both_buffers_are_kept():
    at = datetime(2026, 11, 23, 15, tzinfo=UTC)  # 10:00 in Bogota
    plan = schedule(
        rules={"buffer_before": 15, "buffer_after": 15},
        busy=[(at - timedelta(minutes=15), at + timedelta(minutes=45))],
    )
    assert [wall for wall in walls(plan) if wall < "23 12:00"] == ["23 09:00", "23 11:00", "23 11:30"]


def test_time_off_closes_what_it_touches_but_ignores_buffers():
    at = datetime(2026, 11, 23, 15, tzinfo=UTC)
    plan = schedule(rules={"buffer_after": 30}, time_off=[(at, at + timedelta(hours=1))])
    assert "23 09:30" in walls(plan) and "23 10:00" not in walls(plan) and "23 11:00" in walls(plan)


def test_notice_and_horizon_bound_what_is_offered():
    now = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 09:00 in Bogota
    plan = schedule(now=now, days=30, rules={"minimum_notice": 120, "horizon_days": 1})
    assert walls(plan)[0] == "23 11:00"
    assert walls(plan)[-1] == "24 09:00"


@pytest.mark.parametrize(
    ("start", "refusal"),
    [
        (datetime(2026, 10, 1, 15, tzinfo=UTC), Refusal.PAST),
        (datetime(2026, 11, 23, 3, tzinfo=UTC), Refusal.CLOSED),
        (datetime(2026, 11, 23, 15, 7, tzinfo=UTC), Refusal.OFF_GRID),
    ],
)
def test_a_refused_start_says_why(start, refusal):
    assert refusal in schedule().refusals(start)


def test_a_wall_time_that_the_clock_skips_is_never_offered():
    # Madrid, 29 March 2026: 02:00 becomes 03:00.
    plan = schedule(
        [Block(time(1), time(5), weekday=7)], zone=MADRID, first=datetime(2026, 3, 28, 23, tzinfo=UTC)
    )
    assert walls(plan) == ["29 01:00", "29 01:30", "29 03:00", "29 03:30", "29 04:00", "29 04:30"]


def test_a_wall_time_that_comes_twice_is_offered_once():
    # Madrid, 25 October 2026: 03:00 becomes 02:00.
    plan = schedule(
        [Block(time(1), time(4), weekday=7)], zone=MADRID, first=datetime(2026, 10, 24, 22, tzinfo=UTC)
    )
    assert walls(plan) == ["25 01:00", "25 01:30", "25 02:00", "25 02:30", "25 03:00", "25 03:30"]


def test_an_edge_inside_the_skipped_hour_is_the_moment_of_the_skip():
    assert boundary(date(2026, 3, 29), time(2, 30), MADRID) == datetime(2026, 3, 29, 1, tzinfo=UTC)


instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 1, 3), timezones=st.just(UTC))
lengths = st.timedeltas(timedelta(microseconds=1), timedelta(days=2))
spans = st.lists(st.tuples(instants, lengths).map(lambda span: (span[0], span[0] + span[1])), max_size=8)


@given(spans, instants, st.integers(1, 600))
def test_intervals_answer_like_a_plain_search(intervals, start, minutes):
    end = start + timedelta(minutes=minutes)
    merged = merge(intervals)
    known = Intervals(intervals)
    assert known.overlap(start, end) == any(a < end and start < b for a, b in merged)
    assert known.contain(start, end) == any(a <= start and end <= b for a, b in merged)


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    day=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    step=st.sampled_from([10, 15, 30, 60]),
    duration=st.sampled_from([20, 30, 60, 90]),
)
def test_in_every_zone_each_offer_is_a_real_wall_time_offered_once(zone, day, step, duration):
    blocks = [Block(time(0), time(0), weekday=n) for n in range(1, 8)]
    first = datetime(day.year, day.month, day.day, tzinfo=UTC)
    plan = schedule(blocks, zone=zone, first=first, rules={"duration": duration, "step": step})
    offered = list(plan.free())
    local = [start.astimezone(zone).replace(tzinfo=None) for start in offered]
    assert len(set(local)) == len(local)
    for start, wall in zip(offered, local, strict=True):
        assert to_utc(wall.date(), wall.time(), zone) == start
        assert plan.refusals(start) == []


@settings(max_examples=60, deadline=None)
@given(
    busy=spans,
    off=spans,
    probe=st.integers(0, 60 * 24).map(lambda m: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=m)),
    before=st.integers(0, 40),
    after=st.integers(0, 40),
)
def test_free_and_refusals_agree_on_every_instant(busy, off, probe, before, after):
    plan = schedule(
        [Block(time(8), time(12, 30), weekday=4), Block(time(14), time(0), weekday=4)],
        zone=MADRID,
        first=datetime(2026, 1, 1, tzinfo=UTC),
        rules={"buffer_before": before, "buffer_after": after},
        busy=busy,
        time_off=off,
    )
    assert (probe in plan.free()) == (plan.refusals(probe) == [])


def test_a_holiday_closes_the_week_but_not_what_is_opened_for_that_date():
    day = date(2026, 11, 23)
    nine = datetime(2026, 11, 23, 14, tzinfo=UTC)
    closed = schedule(holidays={day})
    assert walls(closed) == [] and closed.refusals(nine) == [Refusal.HOLIDAY]
    opened = schedule([*WEEKDAYS, Block(time(9), time(10), on_date=day)], holidays={day})
    assert walls(opened) == ["23 09:00", "23 09:30"]


def test_hours_kept_for_other_services_say_so():
    nine = datetime(2026, 11, 23, 14, tzinfo=UTC)
    plan = schedule([], others=WEEKDAYS)
    assert plan.refusals(nine) == [Refusal.OTHER_SERVICES]
    assert schedule([], others=WEEKDAYS).refusals(nine - timedelta(hours=5)) == [Refusal.CLOSED]


def test_a_full_day_offers_nothing_and_the_next_one_everything():
    plan = schedule(days=2, full_days={date(2026, 11, 23)})
    assert walls(plan)[0] == "24 09:00"
    assert plan.refusals(datetime(2026, 11, 23, 14, tzinfo=UTC)) == [Refusal.DAY_FULL]


def test_the_own_appointments_of_who_asks_stand_in_the_way_without_buffers():
    at = datetime(2026, 11, 23, 15, tzinfo=UTC)  # 10:00 in Bogota
    plan = schedule(
        rules={"buffer_before": 15, "buffer_after": 15}, person_busy=[(at, at + timedelta(minutes=30))]
    )
    assert walls(plan)[:4] == ["23 09:00", "23 09:30", "23 10:30", "23 11:00"]
    assert plan.refusals(at) == [Refusal.PATIENT_BUSY]
