"""The month and its times, in the visitor's zone, without JavaScript."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.tests.factories import make_booking, make_professional, make_service

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def service():
    """Monday to Friday, 9:00 to 17:00 in Bogotá."""
    return make_service(make_professional(slug="ana"), slug="talk")


@pytest.fixture
def text_of(client, service):
    def get(status=200, **query):
        response = client.get("/p/ana/talk/", query, headers={"accept-language": "en"})
        assert response.status_code == status
        return response.content.decode()

    return get


def test_it_opens_at_the_first_free_day(text_of):
    text = text_of()
    assert "Friday, November 20" in text
    assert 'href="book?start=2026-11-20T14:00:00Z"' in text


def test_without_a_visitors_zone_the_times_are_the_practices(text_of):
    assert ">09:00</a>" in text_of(day="2026-11-24")


def test_times_are_shown_in_the_zone_of_the_visitor(text_of, client):
    client.cookies["tz"] = "Europe/Madrid"
    text = text_of(day="2026-11-24")
    assert ">15:00</a>" in text
    assert 'href="book?start=2026-11-24T14:00:00Z"' in text


def test_a_zone_chosen_by_hand_is_kept(text_of, client):
    assert ">14:00</a>" in text_of(day="2026-11-24", tz="Europe/London")
    assert client.cookies["tz"].value == "Europe/London"


def test_a_taken_time_is_not_offered(text_of, service):
    make_booking(service, start=datetime(2026, 11, 24, 14, 0, tzinfo=UTC))
    assert "start=2026-11-24T14:00:00Z" not in text_of(day="2026-11-24")


@pytest.mark.parametrize(
    "query",
    [
        {"tz": "Mars/Olympus"},
        {"month": "2026-13"},
        {"month": "9999-12"},
        {"month": "november"},
        {"day": "2026-02-30"},
        {"day": "24/11/2026"},
        {"day": "\x00"},
    ],
)
def test_what_does_not_exist_is_refused_in_words(text_of, query):
    assert "This is not possible" in text_of(status=400, **query)


def test_a_month_of_the_past_leads_to_this_one_and_one_too_far_back_to_the_last(text_of):
    assert "November 2026" in text_of(month="2026-01")
    assert 'href="?month=2027-01"' in text_of(month="2999-12")


def test_a_chosen_day_decides_the_month(text_of):
    text = text_of(month="2026-12", day="2026-11-25")
    assert "November 2026" in text
    assert 'start=2026-11-25T14:00:00Z"' in text


def test_another_zone_keeps_the_chosen_day(text_of):
    assert 'name="day" value="2026-11-25"' in text_of(day="2026-11-25")
    assert 'name="day"' not in text_of()


def test_a_visit_names_the_city_with_the_address(client):
    person = make_professional(slug="eva", address="Calle 93 # 14-20", city="Bogotá")
    make_service(person, slug="visit", modality="in_person")
    assert "Calle 93 # 14-20, Bogotá" in client.get("/p/eva/visit/").content.decode()


def test_the_calendar_ends_at_the_horizon(text_of):
    assert 'href="?month=2026-12"' in text_of()
    assert 'href="?month=2027-02"' not in text_of(month="2027-01")


def test_an_unknown_service_is_not_found(client, service):
    assert client.get("/p/ana/nothing/").status_code == 404


def test_a_month_costs_the_same_whatever_the_history(client, service):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/p/ana/talk/?month=2026-11")
        return len(captured)

    none = queries()
    for hour in (14, 15, 16):
        make_booking(service, start=datetime(2026, 11, 24, hour, 0, tzinfo=UTC))
    assert queries() == none
