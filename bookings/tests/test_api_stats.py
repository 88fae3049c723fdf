"""Figures of the clinic through the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import Role
from accounts.tests import people
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_professional, make_service, utc
from bookings.tests.past import given_back, paid, past_booking, past_days

pytestmark = pytest.mark.django_db
STATS = "/api/v1/admin/stats"
TUESDAY = utc(2025, 1, 7, 15)
DAYS = {"from": "2025-01-06", "to": "2025-01-19"}


@pytest.fixture
def medical():
    return api(people.user(Role.MEDICAL_ADMIN, timezone="Europe/Madrid"))


@pytest.fixture
def service():
    return make_service(make_professional())


def test_the_same_figures_as_the_page(medical, service):
    bookings = past_days(service, [TUESDAY, TUESDAY + timedelta(days=7)])
    given_back(paid(bookings[0], TUESDAY), TUESDAY, "5000")
    past_booking(service, TUESDAY + timedelta(days=1), status="no_show", absent="patient")
    found = medical.get(STATS, DAYS).json()
    assert (found["from"], found["to"], found["timezone"]) == ("2025-01-06", "2025-01-19", "Europe/Madrid")
    total = found["total"]
    assert (total["appointments"], total["by_status"]["completed"], total["by_status"]["expired"]) == (
        3,
        2,
        0,
    )
    assert (total["absences"]["patient"], total["due"], total["booked_minutes"]) == (1, 3, 90)
    assert total["no_show_rate"] == pytest.approx(1 / 3)
    assert total["income"] == [
        {"currency": "COP", "paid": "25000.00", "refunded": "5000.00", "net": "20000.00"}
    ]
    assert [(week["monday"], week["appointments"]) for week in found["weeks"]] == [
        ("2025-01-06", 2),
        ("2025-01-13", 1),
    ]
    assert found["patients"] == {"active": 2, "new": 2}
    assert found["services"][0]["appointments"] == 3
    assert found["professionals"][0]["professional"]["id"] == str(service.professional_id)


def test_of_one_professional_in_the_zone_of_the_practice(medical, service):
    past_booking(service, TUESDAY)
    past_booking(make_service(make_professional()), TUESDAY)
    for key in (service.professional.slug, str(service.professional_id)):
        found = medical.get(STATS, DAYS | {"professional": key}).json()
        assert (found["timezone"], found["total"]["appointments"]) == ("America/Bogota", 1)
        assert found["professional"]["name"] == service.professional.name


def test_without_dates_the_latest_weeks(medical, service):
    assert len(medical.get(STATS).json()["weeks"]) == 13
    assert len(medical.get(STATS, {"span": "4w"}).json()["weeks"]) == 4


@pytest.mark.parametrize(
    ("asked", "status", "code", "attr"),
    [
        ({"to": "2025-01-01"}, 400, "order", "to"),
        ({"from": "2020-01-01"}, 400, "range_too_long", "to"),
        ({"from": "soon"}, 400, "invalid", "from"),
        ({"span": "9y"}, 400, "invalid_choice", "span"),
        ({"professional": "nobody"}, 404, "not_found", None),
    ],
)
def test_what_makes_no_sense_is_said(medical, asked, status, code, attr):
    answer = medical.get(STATS, DAYS | asked)
    assert answer.status_code == status
    assert (error_of(answer)["code"], error_of(answer)["attr"]) == (code, attr)
