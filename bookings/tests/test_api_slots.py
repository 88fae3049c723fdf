"""`GET availability/slots`."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import AvailabilityBlock, BookingPolicy
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_booking, make_professional, make_service, make_user, utc

pytestmark = pytest.mark.django_db
NOW = utc(2026, 11, 20, 12)
URL = "/api/v1/availability/slots"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def ask(professional, /, first="2026-11-23", last="2026-11-23", **more):
    query = {"professional": professional.slug, "from": first, "to": last} | more
    return api().get(f"{URL}?{urlencode(query)}")


def test_every_service_that_fits_with_its_duration():
    professional = make_professional(minimum_notice_minutes=0)
    short = make_service(professional, duration_minutes=30)
    long = make_service(professional, duration_minutes=120)
    body = ask(professional).json()
    assert body["timezone"] == "America/Bogota"
    assert {service["id"] for service in body["services"]} == {str(short.pk), str(long.pk)}
    slots = {slot["start"]: slot["services"] for slot in body["slots"]}
    assert min(slots) == "2026-11-23T14:00:00Z"
    assert slots["2026-11-23T14:00:00Z"] == [
        {"id": str(short.pk), "duration_minutes": 30},
        {"id": str(long.pk), "duration_minutes": 120},
    ]
    # Half an hour before closing only the short one fits.
    assert slots["2026-11-23T21:30:00Z"] == [{"id": str(short.pk), "duration_minutes": 30}]


def test_one_service_by_slug_or_id_and_the_professional_by_id():
    professional = make_professional()
    service, _other = make_service(professional), make_service(professional)
    for key in (service.slug, service.pk):
        body = ask(professional, professional=professional.pk, service=key).json()
        assert [one["id"] for one in body["services"]] == [str(service.pk)]
        assert len(body["slots"]) == 16


def test_a_taken_time_is_gone():
    professional = make_professional(minimum_notice_minutes=0)
    service = make_service(professional)
    make_booking(service, start=utc(2026, 11, 23, 14))
    assert ask(professional).json()["slots"][0]["start"] == "2026-11-23T14:30:00Z"


def test_dates_are_those_of_the_zone_asked_for():
    professional = make_professional()
    make_service(professional)
    slots = ask(professional, tz="Asia/Tokyo").json()["slots"]
    # Monday 23rd in Tokyo begins on Sunday 15:00 UTC and ends on Monday 15:00 UTC.
    assert [slot["start"] for slot in slots] == ["2026-11-23T14:00:00Z", "2026-11-23T14:30:00Z"]


@pytest.mark.parametrize(
    ("first", "last"), [("2026-01-01", "2026-02-01"), ("2027-05-01", "2027-05-02"), ("9999-12-31",) * 2]
)
def test_past_and_beyond_the_horizon_there_is_nothing(first, last):
    professional = make_professional()
    make_service(professional)
    assert ask(professional, first, last).json()["slots"] == []


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-02-30"}, "from"),
        ({"from": ""}, "from"),
        ({"from": "2026-11-24"}, "to"),
        ({"to": "2027-01-24"}, "to"),
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"tz": "../../etc/passwd"}, "tz"),
        ({"professional": ""}, "professional"),
        ({"professional": "x" * 100}, "professional"),
        ({"service": "nul\x00"}, "service"),
    ],
)
def test_a_bad_question_is_400_and_names_the_field(change, attr):
    response = ask(make_professional(), **change)
    assert response.status_code == 400
    assert error_of(response)["attr"] == attr


def test_62_days_may_be_asked_for():
    assert ask(make_professional(), "2026-11-23", "2027-01-23").status_code == 200


def test_who_or_what_is_not_offered_is_404():
    hidden = make_professional(is_listed=False)
    open_one = make_professional()
    gone = make_service(open_one, is_active=False)
    elsewhere = make_service(make_professional())
    assert ask(hidden).status_code == 404
    assert ask(open_one, professional="nobody").status_code == 404
    for key in (gone.slug, gone.pk, elsewhere.pk, "nothing"):
        response = ask(open_one, service=key)
        assert (response.status_code, error_of(response)["code"]) == (404, "not_found")


def test_closed_to_the_public_offers_nothing():
    professional = make_professional(allow_public_booking=False)
    make_service(professional)
    assert ask(professional).json()["slots"] == []


def test_a_practice_without_rules_yet_offers_nothing():
    professional = make_professional()
    make_service(professional)
    BookingPolicy.objects.all().delete()
    assert ask(professional).json()["slots"] == []


def test_reads_of_one_address_are_counted_until_it_signs_in(settings):
    settings.PUBLIC_READ_RATE = "2/h"
    professional = make_professional()
    assert [ask(professional).status_code for _n in range(3)] == [200, 200, 429]
    response = ask(professional)
    assert error_of(response)["code"] == "throttled"
    assert int(response["Retry-After"]) > 0
    query = urlencode({"professional": professional.slug, "from": "2026-11-23", "to": "2026-11-23"})
    assert api(make_user()).get(f"{URL}?{query}").status_code == 200


def test_a_price_that_its_currency_does_not_know_can_still_be_read():
    professional = make_professional()
    make_service(professional, slug="odd", price="10.50", currency="CLP")
    make_service(professional, slug="unknown", price="10", currency="XXQ")
    prices = {service["slug"]: service["price"] for service in ask(professional).json()["services"]}
    assert prices == {"odd": "10.5", "unknown": "10"}
    assert api().get(f"/api/v1/professionals/{professional.slug}").status_code == 200


def queries_for(professional, last):
    with CaptureQueriesContext(connection) as queries:
        assert ask(professional, "2026-11-20", last).status_code == 200
    return len(queries)


def test_queries_are_constant_over_days_services_and_bookings():
    small = make_professional(always_open=True)
    make_service(small)
    large = make_professional(always_open=True)
    for _n in range(4):
        service = make_service(large)
    start = NOW
    for _n in range(5):
        start += timedelta(hours=3)
        make_booking(service, start=start)
    AvailabilityBlock.objects.create(professional=large, date="2027-01-20", starts="01:00", ends="02:00")
    assert queries_for(small, "2026-11-20") == queries_for(large, "2027-01-20") <= 4
