"""A practice's rules by the API."""

from __future__ import annotations

import pytest

from bookings.models import BookingPolicy
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_professional, make_user

pytestmark = pytest.mark.django_db
URL = "/api/v1/settings"


@pytest.fixture
def professional():
    return make_professional(country="ES")


@pytest.fixture
def client(professional):
    return api(professional.user)


def test_the_rules_are_read_and_written(client):
    before = client.get(URL).json()
    changes = {
        "horizon_days": 90,
        "reminder_minutes": [60, 2880],
        "max_bookings_per_day": 8,
        "closed_on_holidays": True,
        "holiday_region": "MD",
    }
    after = client.patch(URL, changes).json()
    assert after == before | changes | {"reminder_minutes": [2880, 60]}
    assert client.get(URL).json() == after
    assert client.put(URL, before).json() == before


def test_who_has_set_nothing_yet_reads_the_usual_rules(client):
    BookingPolicy.objects.all().delete()
    assert client.get(URL).json()["horizon_days"] == 60
    assert not BookingPolicy.objects.exists()
    assert client.patch(URL, {"auto_accept": True}).json()["auto_accept"] is True
    assert BookingPolicy.objects.get().horizon_days == 60


@pytest.mark.parametrize(
    ("given", "attr", "code"),
    [
        ({"horizon_days": 0}, "horizon_days", "min_value"),
        ({"step_minutes": 7}, "step_minutes", "step_size"),
        ({"late_refund_percent": 101}, "late_refund_percent", "max_value"),
        ({"reminder_minutes": [60, 4]}, "reminder_minutes.1", "min_value"),
        ({"reminder_minutes": [60, 60]}, "reminder_minutes", "reminder_twice"),
        ({"reminder_minutes": [5, 10, 15, 20, 25, 30]}, "reminder_minutes", "max_length"),
        ({"holiday_region": "BW"}, "holiday_region", "unknown_region"),
        ({"auto_accept": "perhaps"}, "auto_accept", "invalid"),
    ],
)
def test_every_error_names_its_field(client, given, attr, code):
    response = client.patch(URL, given)
    assert response.status_code == 400
    error = error_of(response)
    assert (error["attr"], error["code"]) == (attr, code)


def test_only_a_professional_has_rules():
    assert api(make_user()).get(URL).status_code == 403
    assert api().get(URL).status_code == 401
