"""The API of staff: professionals, patients and appointments of all practices."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Leaving, Role
from accounts.tests import people
from bookings.services import add_patient
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_booking, make_confirmed, make_professional, make_service
from core.models import AuditEvent

pytestmark = pytest.mark.django_db
ADMIN = "/api/v1/admin/"


@pytest.fixture
def medical():
    return api(people.user(Role.MEDICAL_ADMIN))


@pytest.fixture
def it():
    return api(people.user(Role.IT_ADMIN))


@pytest.fixture
def practice():
    return make_professional(always_open=True, name="Dra. Ana Peña", licence="RM-77")


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


@pytest.mark.parametrize("person", ["medical", "it"])
def test_all_professionals_are_found_listed_or_not(person, practice, request):
    make_professional(name="Zoe Gil", is_listed=False, approved_at=None)
    client = request.getfixturevalue(person)
    assert names(client.get(f"{ADMIN}professionals")) == ["Dra. Ana Peña", "Zoe Gil"]
    for asked, found in (
        ({"q": "ana pena"}, ["Dra. Ana Peña"]),
        ({"q": "rm-77"}, ["Dra. Ana Peña"]),
        ({"q": practice.user.email}, ["Dra. Ana Peña"]),
        ({"approved": "false"}, ["Zoe Gil"]),
        ({"is_listed": "true"}, ["Dra. Ana Peña"]),
        ({"is_active": "false"}, []),
        ({"specialty": "psychology"}, ["Dra. Ana Peña", "Zoe Gil"]),
    ):
        assert names(client.get(f"{ADMIN}professionals", asked)) == found, asked


def test_a_professional_with_the_appointments_to_come(it, practice):
    make_confirmed(make_service(practice, price=0))
    shown = it.get(f"{ADMIN}professionals/{practice.pk}").json()
    assert (shown["email"], shown["is_active"], shown["appointments_to_come"]) == (
        practice.user.email,
        True,
        1,
    )
    assert it.get(f"{ADMIN}professionals/{uuid4()}").status_code == 404


@pytest.mark.parametrize("method", ["put", "patch"])
def test_it_lets_a_professional_in_and_puts_them_out(it, practice, method):
    address = f"{ADMIN}professionals/{practice.pk}/status"
    answer = getattr(it, method)(address, {"is_active": False})
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    assert not Leaving.objects.exists()  # their appointments stay
    assert getattr(it, method)(address, {"is_active": True}).json()["is_active"]
    getattr(it, method)(address, {"is_active": False, "cancel_bookings": True})
    assert Leaving.objects.get().user == practice.user


def test_what_is_no_status_changes_nothing(it, practice):
    address = f"{ADMIN}professionals/{practice.pk}/status"
    assert error_of(it.put(address, {}))["attr"] == "is_active"
    both = it.put(address, {"is_active": True, "cancel_bookings": True})
    assert (both.status_code, error_of(both)["code"]) == (400, "not_deactivated")
    assert it.put(f"{ADMIN}professionals/{uuid4()}/status", {"is_active": False}).status_code == 404
    practice.user.refresh_from_db()
    assert practice.user.is_active


def test_medical_administration_puts_nobody_out(medical, practice):
    answer = medical.put(f"{ADMIN}professionals/{practice.pk}/status", {"is_active": False})
    assert (answer.status_code, error_of(answer)["code"]) == (403, "permission_denied")


def test_patients_are_found_by_whole_contact_anywhere_and_by_name_in_one_practice(medical, practice):
    other = make_professional()
    luz = {"name": "Luz Ñáñez", "email": "luz@example.org", "phone": "+57 300 555 0101", "language": "es"}
    add_patient(professional=practice, **luz)
    add_patient(professional=other, **luz | {"name": "Luz N."})
    add_patient(professional=other, name="Eva Gil", language="es")
    assert names(medical.get(f"{ADMIN}patients")) == ["Eva Gil", "Luz N.", "Luz Ñáñez"]
    for asked, found in (
        ({"q": "LUZ@example.org"}, ["Luz N.", "Luz Ñáñez"]),
        ({"q": "+573005550101"}, ["Luz N.", "Luz Ñáñez"]),
        ({"q": "luz@example"}, []),
        ({"professional": other.slug}, ["Eva Gil", "Luz N."]),
        ({"q": "nanez", "professional": str(practice.pk)}, ["Luz Ñáñez"]),
        ({"q": "luz@example.org", "professional": practice.slug}, ["Luz Ñáñez"]),
        ({"q": "eva", "professional": practice.slug}, []),
    ):
        assert names(medical.get(f"{ADMIN}patients", asked)) == found, asked
        assert names(medical.post(f"{ADMIN}patients/search", asked)) == found, asked
    by_name = medical.get(f"{ADMIN}patients", {"q": "luz"})
    assert (by_name.status_code, error_of(by_name)["code"]) == (400, "professional_needed")
    assert medical.get(f"{ADMIN}patients", {"professional": "nobody"}).status_code == 404


def test_a_patient_without_what_the_practice_notes(medical, practice):
    patient = add_patient(professional=practice, name="Eva Gil", notes="Private", language="es")
    shown = medical.get(f"{ADMIN}patients/{patient.pk}").json()
    assert (shown["name"], shown["professional"]["slug"]) == ("Eva Gil", practice.slug)
    assert "notes" not in shown
    assert medical.get(f"{ADMIN}patients/{uuid4()}").status_code == 404


def test_a_search_is_a_look_though_it_is_a_post(medical, practice):
    people.patient(practice, email="eva@people.test")
    medical.post(f"{ADMIN}patients/search", {"q": "eva@people.test"})
    assert AuditEvent.objects.get(route="api_admin_patients_search").action == "read"


def test_whom_a_search_by_name_only_compared_nobody_has_seen(medical, practice):
    patients = [
        add_patient(professional=practice, name=name, language="es") for name in ("Eva Gil", "Luz Paz")
    ]
    medical.post(f"{ADMIN}patients/search", {"q": "eva", "professional": practice.slug})
    assert AuditEvent.objects.latest("pk").subjects == [patients[0].data_key_id]


def test_appointments_of_all_practices(medical, practice):
    free = make_service(practice, price=0)
    waiting = make_booking(free, reason="Insomnia")
    unpaid = make_booking(make_service(make_professional(always_open=True)))
    rows = medical.get(f"{ADMIN}bookings").json()
    assert rows["count"] == 2
    day = waiting.starts_at.date()
    for asked, found in (
        ({"status": "waiting_for_professional"}, [waiting]),
        ({"status": ["pending_payment"]}, [unpaid]),
        ({"professional": practice.pk}, [waiting]),
        ({"patient": unpaid.patient_id}, [unpaid]),
        ({"reference": waiting.reference.lower()}, [waiting]),
        ({"to": str(day - timedelta(days=1))}, []),
        ({"from": str(day + timedelta(days=400))}, []),
    ):
        rows = medical.get(f"{ADMIN}bookings", asked).json()["results"]
        assert [row["id"] for row in rows] == [str(one.pk) for one in found], asked
    assert medical.get(f"{ADMIN}bookings", {"status": "nonsense"}).status_code == 400


def test_an_appointment_with_its_history_and_without_what_people_write(medical, practice):
    booking = make_confirmed(make_service(practice, price=0), reason="Insomnia")
    shown = medical.get(f"{ADMIN}bookings/{booking.pk}")
    assert "Insomnia" not in shown.content.decode()
    history = [(line["verb"], line["to_status"], line["by"]) for line in shown.json()["history"]]
    assert history[-1] == ("accept", "confirmed", "professional")
    assert shown.json()["patient"]["email"] == booking.patient.email
    assert medical.get(f"{ADMIN}bookings/{uuid4()}").status_code == 404


@pytest.mark.parametrize("role", [Role.PATIENT, Role.PROFESSIONAL, Role.AGENT, Role.IT_ADMIN])
def test_the_data_of_patients_and_figures_are_medical_administration_s(role):
    client = api(people.user(role))
    for address in ("patients", f"patients/{uuid4()}", "bookings", f"bookings/{uuid4()}", "stats"):
        assert client.get(ADMIN + address).status_code == 403
    assert client.post(f"{ADMIN}patients/search", {"q": "eva"}).status_code == 403


def test_lists_ask_the_same_number_of_queries_whatever_their_length(medical, practice):
    free = make_service(practice, price=0)

    def ask(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert medical.get(ADMIN + address).status_code == 200
        return len(queries)

    make_booking(free)
    make_booking(make_service(practice))
    few = [ask(address) for address in ("professionals", "patients", "bookings")]
    for _number in range(4):
        another = make_professional(always_open=True)
        make_booking(make_service(another))
        make_booking(make_service(another, price=0))
    assert [ask(address) for address in ("professionals", "patients", "bookings")] == few
