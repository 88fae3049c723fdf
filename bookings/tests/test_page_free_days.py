"""How free the days of a month are, and the way on from a day or a month in which nothing is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import AvailabilityBlock, TimeOff
from bookings.tests.factories import make_booking, make_professional, make_service
from bookings.views.calendar import Level, level_of

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def service():
    """Monday to Friday, 9:00 to 17:00 in Bogotá, for 60 days ahead."""
    return make_service(make_professional(slug="ana"), slug="talk", price=0)


@pytest.fixture
def text_of(client, service):
    def get(**query):
        response = client.get("/p/ana/talk/", query, headers={"accept-language": "en"})
        assert response.status_code == 200
        return response.content.decode()

    return get


@pytest.fixture
def away(service):
    """The professional is away from the first day until the last, both included."""

    def add(first, last):
        begins, ends = (
            datetime.combine(day, time(0), service.professional.zone)
            for day in (first, last + timedelta(days=1))
        )
        TimeOff.objects.create(professional=service.professional, starts_at=begins, ends_at=ends)

    return add


def cell_of(text, day):
    """Class and accessible name of a day's link."""
    return re.search(rf'<a class="(\w*)" href="[^"]*day={day}"[^>]* aria-label="([^"]+)"', text).groups()


@pytest.mark.parametrize(
    ("free", "best", "level"),
    [
        (0, 16, None),
        (1, 16, "few"),
        (4, 16, "few"),
        (5, 16, "some"),
        (12, 16, "some"),
        (13, 16, "many"),
        (2, 8, "few"),
        (3, 8, "some"),
        (7, 8, "many"),
    ],
)
def test_a_day_is_measured_by_the_best_of_its_month(free, best, level):
    assert level_of(free, best) == level


def test_two_times_are_few_and_sixteen_are_many_whatever_other_days_have():
    assert level_of(2, 2) == Level.FEW
    assert level_of(16, 144) == Level.MANY


def test_the_days_say_how_much_choice_they_leave(text_of, service):
    block = AvailabilityBlock.objects.get(professional=service.professional, weekday=3)
    block.ends = time(10)
    block.save()
    text = text_of(month="2026-12")
    assert cell_of(text, "2026-12-01") == ("many", "Tuesday, December 1: 16 free times (many)")
    assert cell_of(text, "2026-12-02") == ("few", "Wednesday, December 2: 2 free times (few left)")
    assert "Free times:" in text


def test_a_day_without_times_leads_to_the_next_one_that_has_some(text_of):
    text = text_of(day="2026-11-21")
    assert "No free times on this day" in text
    assert "The next free day is Monday, November 23" in text
    assert 'href="?day=2026-11-23"' in text


def test_a_full_month_says_so_and_leads_to_the_next_free_day(text_of, away):
    away(date(2026, 12, 1), date(2027, 1, 4))
    text = text_of(month="2026-12")
    assert "No free times in December" in text
    assert "The next free day is Tuesday, January 5, 2027" in text
    assert 'href="?day=2027-01-05"' in text


def test_the_last_month_leads_back_where_nothing_comes_after_it(text_of, away):
    away(date(2026, 12, 1), date(2027, 2, 1))
    assert 'href="?day=2026-11-20"' in text_of(month="2026-12")


def test_it_opens_in_the_month_of_the_next_free_time(text_of, away):
    away(date(2026, 11, 1), date(2026, 12, 31))
    text = text_of()
    assert "January 2027" in text
    assert 'href="book?start=2027-01-01T14:00:00Z"' in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"day": "2026-11-01"}, "This day is already past"),
        ({"month": "2999-12"}, "Bookings are open until Tuesday, January 19, 2027"),
        ({"day": "2027-01-20"}, "Bookings are open until Tuesday, January 19, 2027"),
    ],
)
def test_outside_what_is_open_it_says_why_and_leads_back(text_of, query, words):
    text = text_of(**query)
    assert words in text
    assert 'href="?day=2026-11-20"' in text


@pytest.mark.parametrize("query", [{}, {"month": "2026-12"}, {"day": "2026-11-24"}])
def test_where_nothing_is_free_at_all_one_may_say_when_one_can(text_of, away, query):
    away(date(2026, 11, 1), date(2027, 3, 1))
    text = text_of(**query)
    assert "No free times at the moment" in text
    assert 'href="/p/ana/talk/request"' in text


def test_under_the_times_too_one_may_say_when_one_can(text_of):
    assert 'href="/p/ana/talk/request"' in text_of()


def test_what_it_costs_does_not_grow_with_the_history(client, service):
    def queries(**query):
        with CaptureQueriesContext(connection) as captured:
            client.get("/p/ana/talk/", query)
        return len(captured)

    asked = ({}, {"month": "2026-12"}, {"day": "2026-11-21"}, {"month": "2999-12"})
    before = [queries(**query) for query in asked]
    for hour in (14, 15, 16):
        make_booking(service, start=datetime(2026, 11, 24, hour, 0, tzinfo=UTC))
    assert [queries(**query) for query in asked] == before
