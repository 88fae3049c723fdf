"""Finding one's own patients, though nothing of a name is indexed."""

from __future__ import annotations

import pytest

from accounts import selectors
from accounts.models import Patient
from accounts.services import absorb_duplicate, create_patient
from accounts.tests import people
from core.errors import Missing

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice():
    practice = people.professional()
    for name, email, phone in (
        ("Íñigo Muñoz", "inigo@people.test", "+57 300 123 4567"),
        ("ana Álvarez", "ana@people.test", ""),
        ("Zoe Marín", "", "300 765 4321"),
        ("Ana Muñoz", "am@clinic.test", ""),
    ):
        create_patient(professional=practice, name=name, email=email, phone=phone, language="es")
    create_patient(
        professional=people.professional("Otro"), name="Ana Muñoz", email="am@clinic.test", language="es"
    )
    return practice


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["ana Álvarez", "Ana Muñoz", "Íñigo Muñoz", "Zoe Marín"]),
        ("   ", ["ana Álvarez", "Ana Muñoz", "Íñigo Muñoz", "Zoe Marín"]),
        ("munoz", ["Ana Muñoz", "Íñigo Muñoz"]),
        ("MUÑOZ ana", ["Ana Muñoz"]),
        ("alva", ["ana Álvarez"]),
        ("alva\x00", ["ana Álvarez"]),
        ("INIGO@people.test", ["Íñigo Muñoz"]),
        ("people.test", ["ana Álvarez", "Íñigo Muñoz"]),
        ("@clinic", ["Ana Muñoz"]),
        ("+57 (300) 123-4567", ["Íñigo Muñoz"]),
        ("300 123", ["Íñigo Muñoz"]),
        ("4321", ["Zoe Marín"]),
        ("21", []),
        ("nobody", []),
    ],
)
def test_what_is_typed_finds(practice, text, names):
    assert [patient.name for patient in selectors.search_patients(practice, text)] == names


def test_no_more_than_asked_for(practice):
    assert len(selectors.search_patients(practice, "", limit=2)) == 2


def test_the_number_of_queries_does_not_grow(practice, django_assert_num_queries):
    with django_assert_num_queries(1):
        names = [
            (patient.name, patient.email, patient.phone)
            for patient in selectors.search_patients(practice, "")
        ]
    assert len(names) == 4
    with django_assert_num_queries(2):
        selectors.search_patients(practice, "+573001234568")


def test_only_the_practices_own(practice):
    stranger = Patient.objects.exclude(professional=practice).get()
    with pytest.raises(Missing):
        selectors.patient_of(practice, stranger.pk)
    mine = practice.patients.first()
    assert selectors.patient_of(practice, mine.pk) == mine
    assert stranger not in selectors.patients_of(practice)


@pytest.mark.parametrize(
    ("details", "by_name"),
    [
        ({"name": "Somebody", "email": "INIGO@people.test"}, False),
        ({"name": "Somebody", "phone": "+57 3001234567"}, False),
        ({"name": "inigo munoz"}, True),
        ({"name": "inigo munoz", "email": "INIGO@people.test", "phone": "+57 3001234567"}, True),
    ],
)
def test_who_may_be_the_same_person(practice, details, by_name):
    inigo = Patient.objects.get(email_index=Patient.index_of_email("inigo@people.test"))
    assert selectors.possible_duplicates(inigo, by_name=by_name) == []
    other = create_patient(professional=practice, language="es", **details)
    assert selectors.possible_duplicates(inigo, by_name=by_name) == [other]
    assert selectors.possible_duplicates(other, by_name=by_name) == [inigo]


def test_a_name_is_compared_only_when_asked_for(practice):
    zoe = Patient.objects.get(phone_index=Patient.index_of_phone("300 765 4321"))
    create_patient(professional=practice, name="zoe marin", language="es")
    assert selectors.possible_duplicates(zoe) == []


def test_nobody_is_alike_for_having_no_contact(practice):
    first, second = (create_patient(professional=practice, name=name, language="es") for name in ("A", "B"))
    assert selectors.possible_duplicates(first) == selectors.possible_duplicates(second) == []


def test_of_a_number_that_many_share_those_of_the_same_name_come_first(practice, monkeypatch):
    monkeypatch.setattr(selectors, "MOST_ALIKE", 2)
    made = [
        create_patient(professional=practice, name=name, phone="300 000 0000", language="es")
        for name in ("Zoe Marín", "Bea", "Ana", "zoe marin")
    ]
    assert selectors.possible_duplicates(made[0]) == [made[2], made[1]]
    assert selectors.possible_duplicates(made[3], by_name=True)[0] != made[2]


def test_whoever_was_merged_is_found_by_nothing(practice):
    keep = Patient.objects.get(email_index=Patient.index_of_email("inigo@people.test"))
    other = create_patient(professional=practice, name="Íñigo M", email="im@people.test", language="es")
    absorb_duplicate(keep=keep, other=other)
    for text in ("", "iñigo", "im@people.test"):
        assert other not in selectors.search_patients(practice, text)
    assert other not in selectors.patients_of(practice)
    with pytest.raises(Missing):
        selectors.patient_of(practice, other.pk)
