"""A professional's patients by the API; nobody else's."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Patient
from bookings import services
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_booking, make_professional, make_service, make_user, open_window
from core.actor import Actor

pytestmark = pytest.mark.django_db
PATIENTS = "/api/v1/patients"
LUZ = {
    "name": "Luz Ñáñez",
    "email": "luz@example.org",
    "phone": "+57 300 123 4567",
    "notes": "Likes mornings",
}


@pytest.fixture
def practice():
    return make_professional(always_open=True)


@pytest.fixture
def doctor(practice):
    return api(practice.user)


def add(practice, **details):
    return services.add_patient(professional=practice, **{"language": "es"} | details)


def test_adding_and_reading_somebody(doctor):
    made = doctor.post(PATIENTS, LUZ, format="json")
    assert made.status_code == 201
    body = made.json()
    assert body.items() >= {**LUZ, "language": "es", "timezone": "", "has_account": False}.items()
    assert (body["last_appointment"], body["next_appointment"]) == (None, None)
    assert doctor.get(f"{PATIENTS}/{body['id']}").json() == body


def test_somebody_known_is_a_conflict_that_says_who(doctor):
    known = doctor.post(PATIENTS, LUZ, format="json").json()
    again = doctor.post(PATIENTS, {**LUZ, "phone": ""}, format="json")
    assert again.status_code == 409
    assert error_of(again)["code"] == "patient_exists"
    assert again.json()["patient"] == known["id"]


def test_asked_twice_under_one_key_adds_once(doctor):
    key = {"Idempotency-Key": str(uuid4())}
    first, second = (doctor.post(PATIENTS, LUZ, format="json", headers=key) for _n in range(2))
    assert (first.status_code, first.json()) == (201, second.json())
    assert Patient.objects.count() == 1
    assert doctor.post(PATIENTS, {**LUZ, "name": "Leo"}, format="json", headers=key).status_code == 422


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "Win at www.casino.example", "link_in_name"),
        ("name", "x", "min_length"),
        ("email", "nobody", "invalid"),
        ("phone", "none", "invalid"),
        ("notes", "x" * 2001, "max_length"),
        ("timezone", "Mars/Base", "unknown_zone"),
        ("language", "xx", "invalid_choice"),
    ],
)
def test_what_is_wrong_is_named(doctor, field, value, code):
    refused = doctor.post(PATIENTS, {**LUZ, field: value}, format="json")
    assert refused.status_code == 400
    assert (error_of(refused)["attr"], error_of(refused)["code"]) == (field, code)
    assert not Patient.objects.exists()


def test_the_list_is_by_name_and_in_pages(practice, doctor):
    for name in ("Zoe", "ana", "Íñigo"):
        add(practice, name=name)
    page = doctor.get(PATIENTS, {"page_size": 2}).json()
    assert (page["count"], [row["name"] for row in page["results"]]) == (3, ["ana", "Íñigo"])
    assert "notes" not in page["results"][0]
    assert [row["name"] for row in doctor.get(page["next"]).json()["results"]] == ["Zoe"]


@pytest.mark.parametrize("text", ["nanez", "LUZ@example.org", "+573001234567", "123 45"])
def test_search_by_address_and_by_body(practice, doctor, text):
    add(practice, **LUZ)
    add(practice, name="Leo")
    by_address = doctor.get(PATIENTS, {"q": text}).json()
    by_body = doctor.post(f"{PATIENTS}/search", {"q": text}, format="json")
    assert by_body.status_code == 200
    assert by_address == by_body.json()
    assert [row["name"] for row in by_address["results"]] == [LUZ["name"]]


def test_last_and_next_appointment_in_constant_queries(practice, doctor):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            rows = doctor.get(PATIENTS).json()["results"]
        return len(captured), rows

    service = make_service(practice, price=0)
    past, coming = (make_booking(service, name="Luz", email="luz@example.org") for _n in range(2))
    services.accept(booking_id=past.pk, actor=Actor("professional"))
    past.refresh_from_db()
    open_window(past, starts_in=-timedelta(days=2))
    one, rows = queries()
    assert rows[0]["last_appointment"] == f"{past.starts_at:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert rows[0]["next_appointment"] == f"{coming.starts_at:%Y-%m-%dT%H:%M:%SZ}"
    for _number in range(4):
        make_booking(service)
    many, rows = queries()
    assert (many, len(rows)) == (one, 5)


def test_changing_some_or_all(practice, doctor):
    url = f"{PATIENTS}/{add(practice, **LUZ, timezone='Europe/Madrid').pk}"
    some = doctor.patch(url, {"phone": ""}, format="json").json()
    assert (some["phone"], some["email"], some["notes"]) == ("", LUZ["email"], LUZ["notes"])
    everything = doctor.put(url, {"name": "Luz Marín", "language": "en"}, format="json").json()
    assert (
        everything.items()
        >= {
            "name": "Luz Marín",
            "email": "",
            "phone": "",
            "notes": "",
            "timezone": "",
            "language": "en",
        }.items()
    )
    assert error_of(doctor.put(url, {}, format="json"))["attr"] == "name"


def test_removing(practice, doctor):
    patient = add(practice, **LUZ)
    assert doctor.delete(f"{PATIENTS}/{patient.pk}").status_code == 204
    assert doctor.get(f"{PATIENTS}/{patient.pk}").status_code == 404
    booked = make_booking(make_service(practice, price=0)).patient
    refused = doctor.delete(f"{PATIENTS}/{booked.pk}")
    assert (refused.status_code, error_of(refused)["code"]) == (400, "has_bookings")


def test_merging(practice, doctor):
    booking = make_booking(make_service(practice, price=0), name="Luz", email="luz@example.org")
    keep = add(practice, name="Luz Ñáñez")
    merged = doctor.post(f"{PATIENTS}/{keep.pk}/merge", {"other": booking.patient_id}, format="json")
    assert merged.status_code == 200
    assert merged.json()["email"] == "luz@example.org"
    assert merged.json()["next_appointment"] is not None
    assert doctor.get(f"{PATIENTS}/{booking.patient_id}").status_code == 404
    again = doctor.post(f"{PATIENTS}/{keep.pk}/merge", {"other": booking.patient_id}, format="json")
    assert again.status_code == 404


def test_an_outsider_learns_and_changes_nothing(practice):
    patient, charlie = add(practice, **LUZ), api(make_professional().user)
    own = add(make_professional(), name="Own")
    url = f"{PATIENTS}/{patient.pk}"
    assert charlie.get(PATIENTS, {"q": "luz"}).json()["count"] == 0
    answers = [
        charlie.get(url),
        charlie.patch(url, {"notes": "x"}, format="json"),
        charlie.put(url, {"name": "Eve"}, format="json"),
        charlie.delete(url),
        charlie.post(f"{url}/merge", {"other": own.pk}, format="json"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert Patient.objects.get(pk=patient.pk).notes == LUZ["notes"]


@pytest.mark.parametrize("role", ["patient", "agent", "medical_admin", "it_admin"])
def test_other_roles_have_no_patients(role):
    somebody = api(make_user(role=role))
    assert somebody.get(PATIENTS).status_code == 403
    assert somebody.post(f"{PATIENTS}/search", {"q": "x"}, format="json").status_code == 403
    assert api().get(PATIENTS).status_code == 401
