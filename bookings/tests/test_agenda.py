"""A week on paper: everything where its time is, nothing on top of another, whatever the clocks do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.domain.agenda import LINE, MINUTE, Span, Week, gaps, half_hours, shown
from bookings.domain.intervals import Intervals
from bookings.tests.test_slots import ZONES

DAY = timedelta(days=1)
MADRID = ZoneInfo("Europe/Madrid")
# The clock goes back on October 25th 2026 and forward on March 28th 2027, both Sundays.
BACK, FORWARD = date(2026, 10, 19), date(2027, 3, 22)
PLAIN = date(2026, 11, 23)


def at(day: date, clock: str, zone: ZoneInfo = MADRID, fold: int = 0) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), zone).replace(fold=fold).astimezone(UTC)


def placed(week: Week, *stretches: tuple[datetime, datetime]) -> list[list[tuple[int, int]]]:
    spans = week.place([(begins, ends, None) for begins, ends in stretches])
    return [[(span.top, span.bottom) for span in day] for day in spans]


def test_a_stretch_stands_where_the_clock_says():
    week = Week(PLAIN, MADRID)
    tuesday = PLAIN + DAY
    found = placed(week, (at(tuesday, "09:30"), at(tuesday, "10:15")))
    assert found == [[], [(570, 615)], [], [], [], [], []]


def test_over_midnight_it_stands_on_both_days():
    week = Week(PLAIN, MADRID)
    days = week.place([(at(PLAIN, "23:00"), at(PLAIN + DAY, "01:00"), "night")])
    (monday,), (tuesday,) = days[:2]
    assert (monday.top, monday.bottom, monday.comes, monday.goes) == (1380, 1440, False, True)
    assert (tuesday.top, tuesday.bottom, tuesday.comes, tuesday.goes) == (0, 60, True, False)


def test_what_reaches_in_from_another_week_is_cut():
    week = Week(PLAIN, MADRID)
    found = placed(week, (at(PLAIN - DAY, "23:00"), at(PLAIN, "01:00")))
    assert found[0] == [(0, 60)]
    assert found[1:] == [[]] * 6


def test_the_hour_that_comes_twice_is_twice_on_paper():
    week, sunday = Week(BACK, MADRID), BACK + 6 * DAY
    assert week.bottom == 25 * 60
    first = at(sunday, "02:00"), at(sunday, "02:30")
    second = at(sunday, "02:00", fold=1), at(sunday, "02:30", fold=1)
    morning = at(sunday, "09:00"), at(sunday, "10:00")
    assert placed(week, first, second, morning)[6] == [(120, 150), (180, 210), (600, 660)]
    # The other days share the sheet: their afternoon stands beside Sunday's.
    assert placed(week, (at(BACK, "09:00"), at(BACK, "10:00")))[0] == [(600, 660)]
    assert list(week.hours())[:5] == [(0, 0), (60, 1), (120, 2), (180, 2), (240, 3)]


def test_other_days_reach_over_the_hour_that_they_do_not_have():
    week = Week(BACK, MADRID)
    found = placed(week, (at(BACK, "02:00"), at(BACK, "03:00")), (at(BACK, "03:00"), at(BACK, "04:00")))
    assert found[0] == [(120, 180), (240, 300)]


def test_the_hour_that_the_clock_skips_is_a_gap():
    week, sunday = Week(FORWARD, MADRID), FORWARD + 6 * DAY
    assert week.bottom == 24 * 60
    found = placed(week, (at(sunday, "01:30"), at(sunday, "03:30")))
    assert found[6] == [(90, 210)]
    assert week.days[6].ends - week.days[6].begins == timedelta(hours=23)


def test_each_place_on_the_sheet_has_its_instant():
    week, sunday = Week(BACK, MADRID), BACK + 6 * DAY
    monday_column, sunday_column = week.days[0], week.days[6]
    assert week.instant(sunday_column, 150) == at(sunday, "02:30")
    assert week.instant(sunday_column, 210) == at(sunday, "02:30", fold=1)
    assert week.instant(sunday_column, 600) == at(sunday, "09:00")
    assert week.instant(monday_column, 210) == at(BACK, "03:00")
    assert week.instant(monday_column, 600) == at(BACK, "09:00")
    spring = Week(FORWARD, MADRID)
    assert spring.instant(spring.days[6], 150) == at(FORWARD + 6 * DAY, "03:00")
    assert spring.instant(spring.days[6], 600) == at(FORWARD + 6 * DAY, "10:00")


def test_it_shows_the_working_day_and_more_where_something_is():
    week = Week(PLAIN, MADRID)
    assert week.visible([]) == (480, 1080)
    early, late = (at(PLAIN, "06:30"), at(PLAIN, "07:00"), 1), (at(PLAIN, "19:00"), at(PLAIN, "20:15"), 2)
    spans = week.place([early, late])[0]
    assert week.visible(spans) == (360, 1260)
    assert [(span.top, span.bottom) for span in shown(spans, 390, 1200)] == [(390, 420), (1140, 1200)]
    assert shown(spans, 480, 600) == []


def test_gaps_are_what_is_open_free_and_still_to_come():
    opening = (at(PLAIN, "09:00"), at(PLAIN, "14:00"))
    taken = [(at(PLAIN, "10:00"), at(PLAIN, "10:40")), (at(PLAIN, "10:50"), at(PLAIN, "12:00"))]

    def found(now: str) -> list[tuple[str, str]]:
        hours = gaps([opening], taken, after=at(PLAIN, now))
        return [tuple(f"{edge.astimezone(MADRID):%H:%M}" for edge in gap) for gap in hours]  # type: ignore[misc]

    assert found("00:00") == [("09:00", "10:00"), ("12:00", "14:00")]
    assert found("09:20:30") == [("09:25", "10:00"), ("12:00", "14:00")]
    assert found("13:50") == []


def test_half_hours_are_those_of_the_clock():
    cut = half_hours(at(PLAIN, "09:10"), at(PLAIN, "10:20"), MADRID)
    assert [f"{begins.astimezone(MADRID):%H:%M}" for begins, _ends in cut] == ["09:10", "09:30", "10:00"]


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Mostly one in which the zone's clock changes."""
    zone, year = ZoneInfo(draw(st.sampled_from(ZONES))), draw(st.integers(2000, 2036))
    days = [date(year, 1, 1) + n * DAY for n in range(365)]
    offsets = [datetime.combine(day, time(12), zone).utcoffset() for day in days]
    changes = [day for day, (one, other) in zip(days, pairwise(offsets), strict=False) if one != other]
    day = draw(st.sampled_from([*(changes or days), draw(st.sampled_from(days))]))
    return Week(day - day.weekday() * DAY, zone)


@st.composite
def appointments(draw: st.DrawFn, week: Week) -> list[tuple[datetime, datetime, int]]:
    """One after the other, on odd minutes too, from the evening before until the end of the week."""
    found: list[tuple[datetime, datetime, int]] = []
    begins = week.begins - timedelta(minutes=draw(st.integers(0, 480)))
    steps = st.tuples(st.integers(0, 900) | st.sampled_from([0, 1, 3]), st.integers(1, 96))
    for pause, lines in draw(st.lists(steps, max_size=40)):
        begins += pause * MINUTE
        ends = begins + lines * LINE * MINUTE
        if begins < week.ends:
            found.append((begins, ends, len(found)))
        begins = ends
    return found


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_what_does_not_overlap_in_time_does_not_overlap_on_paper(data):
    week = data.draw(weeks())
    stretches = data.draw(appointments(week))
    days = week.place(stretches)
    for day, spans in zip(week.days, days, strict=True):
        for one, other in pairwise(spans):
            assert one.bottom <= other.top
            assert one.begins < other.begins
        for span in spans:
            check(week, day, span)
    placed_ones = {span.of for spans in days for span in spans}
    assert placed_ones == {of for begins, ends, of in stretches if ends - week.begins >= LINE * MINUTE}


def check(week, day, span: Span) -> None:
    assert 0 <= span.top < span.bottom <= week.bottom
    assert span.top % LINE == span.bottom % LINE == 0
    assert day.begins <= span.begins < span.ends <= day.ends
    if day.change is None and week.bottom == 24 * 60:
        assert span.top == day.wall(span.begins) // LINE * LINE
    if day.change is None or day.change.by > 0:
        return
    # The longer day: every minute has its own place.
    assert abs(span.length * MINUTE - (span.ends - span.begins)) < LINE * MINUTE


@settings(max_examples=40, deadline=None)
@given(weeks())
def test_every_instant_of_the_week_has_its_place_in_order(week):
    for day, spans in zip(week.days, week.place(every_line(week)), strict=True):
        assert [span.begins for span in spans] == sorted(span.begins for span in spans)
        tops = [span.top for span in spans]
        assert tops == sorted(set(tops))
        if day.begins < day.ends:
            assert spans[0].begins == day.begins
            assert spans[-1].ends == day.ends
        assert [week.instant(day, span.top) for span in spans] == [span.begins for span in spans]
    tops = [top for top, _hour in week.hours()]
    assert tops == sorted(set(tops))
    assert tops[-1] < week.bottom


def every_line(week: Week) -> Iterator[tuple[datetime, datetime, None]]:
    begins = week.begins
    while begins < week.ends:
        yield begins, begins + LINE * MINUTE, None
        begins += LINE * MINUTE


instants = st.integers(0, 7 * 288).map(lambda line: at(PLAIN, "00:00") + line * LINE * MINUTE)
stretches = st.lists(st.tuples(instants, instants).map(lambda pair: (min(pair), max(pair))), max_size=8)


@settings(max_examples=50, deadline=None)
@given(stretches, stretches, instants)
def test_gaps_hold_exactly_the_free_time_that_is_long_enough(opened, taken, now):
    openings, busy = Intervals(opened), Intervals(taken)
    found = Intervals(gaps(openings, taken, after=now))
    lines = [at(PLAIN, "00:00") + n * LINE * MINUTE for n in range(7 * 288)]
    free = Intervals(
        (line, line + LINE * MINUTE)
        for line in lines
        if line >= now
        and openings.contain(line, line + LINE * MINUTE)
        and not busy.overlap(line, line + LINE * MINUTE)
    )
    assert list(found) == [(begins, ends) for begins, ends in free if ends - begins >= 15 * MINUTE]
