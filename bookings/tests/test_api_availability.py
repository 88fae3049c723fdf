"""The API of openings and public holidays."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings.models import AvailabilityBlock
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_professional, make_service

pytestmark = pytest.mark.django_db
BLOCKS = "/api/v1/availability/blocks"
EVENING = {"weekday": 1, "starts": "18:00", "ends": "20:00"}


@pytest.fixture
def practice():
    """Open Monday to Friday, 9 to 17."""
    return make_professional(country="CO")


@pytest.fixture
def doctor(practice):
    return api(practice.user)


def post(client, url=BLOCKS, headers=None, **body):
    return client.post(url, body, format="json", headers=headers)


def test_an_opening_is_made_and_read(doctor, practice):
    service = make_service(practice)
    answer = post(doctor, **EVENING, services=[str(service.pk)], modalities=["video"], notes="Late")
    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        "id": made["id"],
        "weekday": 1,
        "date": None,
        "starts": "18:00",
        "ends": "20:00",
        "is_active": True,
        "notes": "Late",
        "services": [str(service.pk)],
        "modalities": ["video"],
    }
    assert doctor.get(f"{BLOCKS}/{made['id']}").json() == made


def test_the_list_is_by_weekday_then_by_date_and_can_be_narrowed(doctor):
    day = str(timezone.localdate() + timedelta(days=30))
    post(doctor, date=day, starts="08:00", ends="09:00")
    post(doctor, weekday=1, starts="07:00", ends="09:00", is_active=False)
    listed = doctor.get(BLOCKS).json()
    assert listed["count"] == 7
    assert [(block["weekday"], block["starts"]) for block in listed["results"]][:3] == [
        (1, "07:00"),
        (1, "09:00"),
        (2, "09:00"),
    ]
    assert listed["results"][-1]["date"] == day

    def number(query):
        return doctor.get(f"{BLOCKS}?{query}").json()["count"]

    assert (number("weekday=1"), number(f"date={day}"), number("is_active=false")) == (2, 1, 1)
    assert len(doctor.get(f"{BLOCKS}?page_size=2").json()["results"]) == 2


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({"weekday": 1, "starts": "9 am", "ends": "10:00"}, "invalid", "starts"),
        ({"weekday": 6, "starts": "09:00:30", "ends": "10:00"}, "invalid", "starts"),
        ({"weekday": 6, "starts": "10:00", "ends": "09:00"}, "order", "ends"),
        ({"weekday": 9, "starts": "09:00", "ends": "10:00"}, "max_value", "weekday"),
        ({"starts": "09:00", "ends": "10:00"}, "weekday_or_date", "weekday"),
        ({"weekday": 1, "starts": "16:00", "ends": "18:00"}, "overlap", "starts"),
        ({"date": "2020-01-01", "starts": "09:00", "ends": "10:00"}, "past", "date"),
        ({"date": "9999-12-31", "starts": "09:00", "ends": "00:00"}, "too_far", "date"),
        ({"weekday": 6, "ends": "10:00"}, "required", "starts"),
        ({**EVENING, "services": [str(uuid4())]}, "unknown_service", "services"),
        ({**EVENING, "notes": "x" * 201}, "max_length", "notes"),
    ],
)
def test_what_is_refused_names_the_field(doctor, body, code, attr):
    answer = post(doctor, **body)
    error = error_of(answer)
    assert (answer.status_code, error["code"], error["attr"]) == (400, code, attr)
    assert AvailabilityBlock.objects.count() == 5


def test_an_overlap_says_what_it_overlaps(doctor, practice):
    monday = AvailabilityBlock.objects.get(professional=practice, weekday=1)
    assert post(doctor, weekday=1, starts="16:00", ends="18:00").json()["overlaps"] == str(monday.pk)


def test_patch_changes_what_is_given_and_put_all_of_it(doctor):
    url = f"{BLOCKS}/{post(doctor, **EVENING, notes='Late').json()['id']}"
    patched = doctor.patch(url, {"is_active": False}, format="json").json()
    assert (patched["is_active"], patched["notes"], patched["starts"]) == (False, "Late", "18:00")
    put = doctor.put(url, {"weekday": 2, "starts": "18:30", "ends": "00:00"}, format="json").json()
    assert (put["weekday"], put["starts"], put["ends"], put["notes"]) == (2, "18:30", "00:00", "")
    assert put["is_active"] is True


def test_switching_on_checks_again(doctor):
    off = post(doctor, weekday=1, starts="10:00", ends="11:00", is_active=False).json()
    answer = doctor.patch(f"{BLOCKS}/{off['id']}", {"is_active": True}, format="json")
    assert error_of(answer)["code"] == "overlap"


def test_removing(doctor):
    url = f"{BLOCKS}/{post(doctor, **EVENING).json()['id']}"
    assert doctor.delete(url).status_code == 204
    assert doctor.get(url).status_code == doctor.delete(url).status_code == 404


def test_a_key_creates_once(doctor):
    key = {"idempotency-key": str(uuid4())}
    first, second = post(doctor, headers=key, **EVENING), post(doctor, headers=key, **EVENING)
    assert first.json() == second.json()
    assert (first.status_code, second.status_code) == (201, 201)
    assert AvailabilityBlock.objects.count() == 6


def test_another_practice_is_never_seen_or_changed(doctor):
    theirs = AvailabilityBlock.objects.get(professional=make_professional(), weekday=1)
    url = f"{BLOCKS}/{theirs.pk}"
    answers = [
        doctor.get(url),
        doctor.patch(url, {"notes": "x"}, format="json"),
        doctor.put(url, EVENING, format="json"),
        doctor.delete(url),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert doctor.get(BLOCKS).json()["count"] == 5
    theirs.refresh_from_db()
    assert theirs.notes == ""


def test_the_list_costs_the_same_for_many(doctor, practice):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            doctor.get(f"{BLOCKS}?page_size=100")
        return len(captured)

    post(doctor, **EVENING, services=[str(make_service(practice).pk)])
    one = queries()
    for weekday in range(2, 8):
        post(doctor, **EVENING | {"weekday": weekday}, services=[str(make_service(practice).pk)])
    assert queries() == one


def test_public_holidays_of_the_country_in_the_readers_language(doctor):
    answer = doctor.get("/api/v1/availability/holidays").json()
    assert (answer["country"], answer["is_known"], answer["closed_on_holidays"]) == ("CO", True, False)
    assert "Christmas Day" in [holiday["name"] for holiday in answer["holidays"]]
    today = timezone.localdate()
    assert all(
        str(today - timedelta(days=1)) <= holiday["date"] <= str(today + timedelta(days=366))
        for holiday in answer["holidays"]
    )


def test_regions_may_be_chosen_and_an_unknown_country_has_no_calendar():
    spanish = api(make_professional(country="ES").user).get("/api/v1/availability/holidays").json()
    assert "MD" in [region["code"] for region in spanish["regions"]]
    nowhere = api(make_professional(country="").user).get("/api/v1/availability/holidays").json()
    assert (nowhere["is_known"], nowhere["regions"], nowhere["holidays"]) == (False, [], [])
