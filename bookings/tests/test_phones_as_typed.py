"""Staff type a phone number as they heard it; patients wrote it down as they pleased."""

from __future__ import annotations

import pytest

from accounts.models import Patient, Professional
from accounts.phones import spellings
from accounts.selectors import search_patients
from accounts.tests import people
from bookings.selectors.found import patients_meant

pytestmark = pytest.mark.django_db
OF_SPAIN = ["600 000 001", "+34 600000001", "0034 600-000-001", "34600000001"]


def found(typed: str, practice: Professional | None = None) -> list[Patient]:
    return list(Patient.objects.filter(patients_meant(typed, practice)))


@pytest.mark.parametrize("written", OF_SPAIN)
def test_a_number_is_found_however_it_was_written_and_is_typed(written):
    practice = people.professional(country="ES")
    patient = people.patient(practice, phone=written)
    people.patient(practice, email="leo@people.test", phone="600 000 002")
    for typed in OF_SPAIN[:3]:
        assert found(typed) == found(typed, practice) == [patient], typed
        assert search_patients(practice, typed) == [patient], typed


def test_a_zero_that_is_dialled_within_the_country_counts_for_nothing():
    practice = people.professional(country="AR")
    patient = people.patient(practice, phone="+54 11 2345-6789")
    assert found("011 2345-6789") == found("11 2345 6789") == [patient]


def test_without_a_practice_it_is_one_of_any_country_where_there_are_practices():
    here, there = people.professional(country="ES"), people.professional(country="CO")
    spain = people.patient(here, phone="+34 600000001")
    colombia = people.patient(there, phone="+57 300 765 4321")
    assert found("600000001") == [spain]
    assert found("300 765 4321") == [colombia]
    assert found("600000001", there) == []


@pytest.mark.parametrize("typed", ["000000", "123456", "9" * 40, "+", "+999 123456", "1 2 3 4 5 6 7"])
def test_what_is_no_number_of_the_country_is_only_itself(typed):
    assert spellings(typed, ["ES"]) >= {typed.replace(" ", "")}
    assert found(typed + "0" * 6) == []


def test_it_takes_as_many_queries_for_many_countries(django_assert_num_queries):
    for country in ("ES", "CO", "AR", "PE", ""):
        people.patient(people.professional(country=country), phone="600 000 001")
    with django_assert_num_queries(2):
        assert len(found("600 000 001")) == 5
