from __future__ import annotations

import pytest

from accounts.models import Patient
from accounts.tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    return people.professional()


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Luz Marín", "luz@people.test"),
        ("LUZ  MARÍN ", " Luz@People.Test"),
        ("luz mari\u0301n", "luz@people.test"),
    ],
)
def test_the_same_person_comes_again(practice, name, email):
    first = people.patient(practice)
    assert people.patient(practice, name=name, email=email) == first


def test_another_name_on_a_shared_address_is_another_person(practice):
    mother, child = people.patient(practice), people.patient(practice, name="Leo Marín")
    assert mother.pk != child.pk
    assert mother.email_index == child.email_index
    assert mother.data_key_id != child.data_key_id


def test_each_practice_has_its_own_patients(practice):
    assert people.patient(practice).pk != people.patient(people.professional("Otro")).pk


def test_the_patients_own_account_fills_in_a_missing_phone_and_a_known_one_stays(practice):
    account = people.user(email="luz@people.test")
    people.patient(practice)
    people.patient(practice, phone="+34 600 000 001", user=account)
    people.patient(practice, phone="+34 600 000 002", user=account)
    known = Patient.objects.get()
    assert known.phone == "+34 600 000 001"
    assert known.phone_index == Patient.index_of_phone("+34600000001")


def test_nobody_else_fills_it_in(practice):
    people.patient(practice, user=people.user(email="luz@people.test"))
    unverified = people.user(email="luz.marin@people.test", verified=False)
    for stranger in (None, people.user(), unverified):
        people.patient(practice, phone="+999 666 000", user=stranger)
    people.patient(practice, email=unverified.email)
    people.patient(practice, email=unverified.email, phone="+999 666 000", user=unverified)
    assert {(known.phone, known.phone_index) for known in Patient.objects.all()} == {("", "")}


def test_people_without_an_address_are_never_taken_for_each_other(practice):
    assert people.patient(practice, email="").pk != people.patient(practice, email="").pk


def test_nothing_of_the_person_stands_in_the_row_in_clear(practice):
    patient = people.patient(practice, phone="+34 600 000 001")
    row = (
        Patient.objects.filter(pk=patient.pk)
        .extra(select={"raw": "accounts_patient::text"})
        .values("raw")
        .get()
    )
    for clear in ("Luz", "luz@people.test", "600 000 001"):
        assert clear not in row["raw"]
        assert clear.encode().hex() not in row["raw"]


def test_an_account_is_linked_by_its_own_verified_address(practice):
    owner = people.user(email="luz@people.test")
    guest = people.patient(practice)
    assert guest.user is None
    assert people.patient(practice, user=owner).user == owner
    assert people.patient(people.professional("Otro"), user=owner).user == owner


@pytest.mark.parametrize(
    "fields", [{"email": "eve@people.test"}, {"email": "luz@people.test", "verified": False}]
)
def test_an_account_cannot_take_over_somebody_by_typing_name_and_address(practice, fields):
    account = people.user(**fields)
    assert people.patient(practice, user=account).user is None  # neither a new patient
    assert people.patient(practice, user=account).user is None  # nor a known one
