"""Which requests leave a row, and whom it names."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.models import Role
from accounts.tests import people
from core import audit
from core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    return people.professional()


@pytest.fixture
def doctor(client, practice):
    client.force_login(practice.user)
    return client


def rows_of(action):
    return list(AuditEvent.objects.filter(action=action).order_by("id"))


def test_a_page_names_those_it_shows(doctor, practice):
    luz = people.patient(practice, name="Luz Marín")
    doctor.get(f"/doctor/patients/{luz.pk}/")
    (row,) = rows_of("read")
    assert (row.actor_id, row.role, row.via) == (practice.user_id, "professional", "page")
    assert (row.route, row.object_id, row.subjects) == ("doctor_patient", str(luz.pk), [luz.data_key_id])
    assert row.facts == {"method": "GET", "status": 200}
    assert row.request_id and row.address


def test_of_a_search_only_what_was_found_was_seen(doctor, practice):
    luz = people.patient(practice, name="Luz Marín", email="luz@example.org")
    people.patient(practice, name="Eva Ruiz", email="eva@example.org")
    assert "Luz" in doctor.post("/doctor/patients/", {"q": "marin"}).content.decode()
    (row,) = rows_of("read")
    assert row.subjects == [luz.data_key_id]
    assert not rows_of("write")


def test_a_refusal_names_its_code_and_shows_nobody(doctor):
    elsewhere = people.patient(people.professional(), name="Eva Ruiz")
    assert doctor.get(f"/api/v1/patients/{elsewhere.pk}").status_code == 404
    (row,) = rows_of("refused")
    assert (row.via, row.object_id, row.subjects) == ("api", str(elsewhere.pk), [])
    assert row.facts == {"method": "GET", "status": 404, "code": "not_found"}


def test_what_is_not_changed_is_not_written(doctor, practice):
    luz = people.patient(practice, name="Luz Marín", email="luz@example.org")
    doctor.post(f"/doctor/patients/{luz.pk}/", {"name": "x"})
    (row,) = rows_of("refused")
    assert row.facts["status"] == 400
    assert row.subjects == [luz.data_key_id]  # the form came back with all that is around it


def test_who_is_sent_elsewhere_saw_nothing(client):
    client.force_login(people.user(Role.MEDICAL_ADMIN))
    client.get("/doctor/patients/")
    assert not rows_of("read")


def test_nobody_fills_the_audit_with_refusals(client):
    for _n in range(25):
        client.get("/doctor/patients/")  # is led to the sign-in
        client.get("/api/v1/patients")
    assert len(rows_of("refused")) == 20


def test_when_the_row_cannot_be_written_the_answer_does_not_go_out(doctor, practice):
    luz = people.patient(practice, name="Luz Marín")
    doctor.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_auditevent RENAME TO elsewhere")
    answer = doctor.get(f"/api/v1/patients/{luz.pk}")
    assert answer.status_code == 500
    assert b"Luz" not in answer.content


def test_values_opened_unseen_are_noted_when_they_are_shown(practice):
    luz = people.patient(practice, name="Luz Marín")
    luz = type(luz).objects.get(pk=luz.pk)
    with audit.acting(audit.Trail("page")) as trail:
        with audit.unseen():
            assert luz.name
        assert not trail.opened
        assert luz.name
    assert trail.opened == {luz.data_key_id}


def test_an_own_word_is_no_reading(practice):
    luz = people.patient(practice, name="Luz Marín")
    with audit.acting(audit.Trail("page")) as trail:
        luz.name = "Luz"
        assert luz.name
    assert not trail.opened
