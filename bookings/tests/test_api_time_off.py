"""The API of time off."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import TimeOff
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_booking, make_professional, make_service, make_time_off, utc

pytestmark = pytest.mark.django_db
URL = "/api/v1/availability/time-off"
NOW = utc(2027, 3, 1, 12)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def practice():
    return make_professional(always_open=True)


@pytest.fixture
def doctor(practice):
    return api(practice.user)


def post(client, headers=None, **body):
    return client.post(URL, body, format="json", headers=headers)


def test_whole_days_are_those_of_the_practice(doctor):
    answer = post(doctor, first_day="2027-03-08", last_day="2027-03-10", reason="Congress")
    made = answer.json()
    assert answer.status_code == 201
    assert made == {
        "id": made["id"],
        "starts_at": "2027-03-08T05:00:00Z",
        "ends_at": "2027-03-11T05:00:00Z",
        "first_day": "2027-03-08",
        "last_day": "2027-03-10",
        "reason": "Congress",
        "bookings": [],
    }
    assert doctor.get(f"{URL}/{made['id']}").json() == made


def test_hours_tell_the_appointments_inside(doctor, practice):
    booking = make_booking(make_service(practice, price=0), start=utc(2027, 3, 8, 15))
    made = post(doctor, starts_at="2027-03-08T14:00:00Z", ends_at="2027-03-08T18:00:00Z").json()
    assert (made["first_day"], made["last_day"]) == (None, None)
    assert made["bookings"] == [
        {
            "id": str(booking.pk),
            "reference": booking.reference,
            "status": "waiting_for_professional",
            "starts_at": "2027-03-08T15:00:00Z",
            "ends_at": "2027-03-08T15:30:00Z",
        }
    ]


@pytest.mark.parametrize(
    ("body", "code", "attr"),
    [
        ({}, "required", "starts_at"),
        ({"starts_at": "2027-03-08T14:00:00Z"}, "required", "ends_at"),
        ({"last_day": "2027-03-08"}, "required", "first_day"),
        ({"first_day": "2027-03-08", "ends_at": "2027-03-08T14:00:00Z"}, "moments_or_days", "first_day"),
        ({"first_day": "2027-03-08", "last_day": "2027-03-07"}, "order", "ends_at"),
        ({"first_day": "2027-02-08"}, "past", "ends_at"),
        ({"first_day": "9999-12-31"}, "overflow", "first_day"),
        ({"first_day": "2027-03-08", "last_day": "2028-04-08"}, "too_long", "ends_at"),
        ({"starts_at": "2027-03-08T14:00", "ends_at": "2027-03-08T18:00:00Z"}, "invalid", "starts_at"),
        ({"starts_at": "2027-03-08T14:00:05Z", "ends_at": "2027-03-08T18:00:00Z"}, "seconds", "starts_at"),
    ],
)
def test_what_is_refused_names_the_field(doctor, body, code, attr):
    answer = post(doctor, **body)
    error = error_of(answer)
    assert (answer.status_code, error["code"], error["attr"]) == (400, code, attr)
    assert not TimeOff.objects.exists()


def test_an_overlap_says_what_it_overlaps(doctor):
    first = post(doctor, first_day="2027-03-08").json()
    answer = post(doctor, first_day="2027-03-07", last_day="2027-03-08")
    assert error_of(answer)["code"] == "overlap"
    assert answer.json()["overlaps"] == first["id"]


def test_changing_some_or_all_of_it(doctor):
    url = f"{URL}/{post(doctor, first_day='2027-03-08', reason='Congress').json()['id']}"
    longer = doctor.patch(url, {"ends_at": "2027-03-11T05:00:00Z"}, format="json").json()
    assert (longer["first_day"], longer["last_day"], longer["reason"]) == (
        "2027-03-08",
        "2027-03-10",
        "Congress",
    )
    assert doctor.put(url, {"first_day": "2027-04-01"}, format="json").json()["reason"] == ""
    assert error_of(doctor.put(url, {"reason": "x"}, format="json"))["code"] == "required"
    assert doctor.delete(url).status_code == 204
    assert doctor.get(url).status_code == 404


def test_the_list_is_in_order_and_leaves_out_what_has_ended_when_asked(doctor, practice):
    make_time_off(practice, days=20)
    make_time_off(practice, days=-20)
    post(doctor, first_day="2027-03-08")
    starts = [off["starts_at"][:10] for off in doctor.get(URL).json()["results"]]
    assert starts == ["2027-02-09", "2027-03-08", "2027-03-21"]
    assert doctor.get(f"{URL}?ended=false").json()["count"] == 2
    assert doctor.get(f"{URL}?ended=true").json()["count"] == 1


def test_a_key_creates_once(doctor):
    key = {"idempotency-key": str(uuid4())}
    first = post(doctor, headers=key, first_day="2027-03-08")
    assert post(doctor, headers=key, first_day="2027-03-08").json() == first.json()
    assert TimeOff.objects.count() == 1


def test_another_practice_is_never_seen_or_changed(doctor):
    theirs = make_time_off(make_professional(), days=5)
    url = f"{URL}/{theirs.pk}"
    answers = [doctor.get(url), doctor.patch(url, {"reason": "x"}, format="json"), doctor.delete(url)]
    assert {answer.status_code for answer in answers} == {404}
    assert doctor.get(URL).json()["count"] == 0
    assert TimeOff.objects.get().reason == ""


def test_the_list_costs_the_same_for_many(doctor, practice):
    service = make_service(practice, price=0)

    def one_more(number):
        start = utc(2027, 3, 8, 15) + timedelta(days=number)
        make_booking(service, start=start)
        make_time_off(practice, starts_at=start, ends_at=start + timedelta(hours=1))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            listed = doctor.get(URL).json()
        assert all(len(off["bookings"]) == 1 for off in listed["results"])
        return len(captured)

    one_more(0)
    one = queries()
    for number in range(1, 5):
        one_more(number)
    assert queries() == one
