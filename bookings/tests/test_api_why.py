"""`GET availability/why`."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest

from accounts.services import create_user
from bookings.models import BookingPolicy
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_booking, make_professional, make_service, utc

pytestmark = pytest.mark.django_db
NOW = utc(2026, 11, 20, 12)
MONDAY = utc(2026, 11, 23, 14)


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def service():
    return make_service(make_professional(), price=0)


def why(service, at, user=None, change=None):
    asked = {
        "professional": service.professional.slug,
        "service": service.slug,
        "start": f"{at:%Y-%m-%dT%H:%M:%SZ}",
    }
    return api(user).get(f"/api/v1/availability/why?{urlencode(asked | (change or {}))}")


def codes(response) -> list[str]:
    return [reason["code"] for reason in response.json()["reasons"]]


def test_a_free_start_is_bookable(service):
    body = why(service, MONDAY).json()
    assert (body["bookable"], body["reasons"], body["start"]) == (True, [], "2026-11-23T14:00:00Z")
    assert (body["service"], body["professional"]) == (str(service.pk), str(service.professional_id))


def test_every_rule_that_says_no_is_named_in_words(service):
    make_booking(service, start=MONDAY)
    BookingPolicy.objects.update(max_bookings_per_day=1, minimum_notice_minutes=40000)
    response = why(service, MONDAY + timedelta(minutes=10))
    assert codes(response) == ["too_soon", "day_full", "taken", "off_grid"]
    assert response.json()["bookable"] is False
    assert all(reason["detail"] for reason in response.json()["reasons"])


def test_the_own_appointments_of_an_account_count(service):
    user = create_user(email="juan@example.org", password=None, name="Juan Pérez")
    make_booking(make_service(make_professional(), price=0), start=MONDAY, email=user.email)
    assert codes(why(service, MONDAY, user)) == ["patient_busy"]
    assert codes(why(service, MONDAY)) == []


def test_a_closed_practice_says_so_first(service):
    BookingPolicy.objects.update(allow_public_booking=False)
    assert codes(why(service, MONDAY)) == ["booking_closed"]
    slots = api().get(
        f"/api/v1/availability/slots?professional={service.professional.slug}&from=2026-11-23&to=2026-11-23"
    )
    assert slots.json()["closed"]["code"] == "booking_closed" and slots.json()["slots"] == []


@pytest.mark.parametrize(
    ("change", "status", "attr"),
    [
        ({"start": "tomorrow"}, 400, "start"),
        ({"start": "2026-11-23T09:00:00"}, 400, "start"),
        ({"start": ""}, 400, "start"),
        ({"service": "nothing"}, 404, None),
        ({"professional": "nobody"}, 404, None),
    ],
)
def test_a_bad_question_names_the_field(service, change, status, attr):
    response = why(service, MONDAY, None, change)
    assert response.status_code == status and error_of(response)["attr"] == attr
