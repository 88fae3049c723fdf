from __future__ import annotations

import pytest

from accounts import selectors
from accounts.models import Specialty
from accounts.tests import people
from core.errors import Missing

pytestmark = pytest.mark.django_db


@pytest.fixture
def found():
    """Names found by a search."""
    psychology = Specialty.objects.create(slug="mind", name_es="Psicología", name_en="Psychology")
    heart = Specialty.objects.create(slug="heart", name_es="Cardiología", name_en="Cardiology")
    Specialty.objects.create(slug="nobody", name_es="Nadie", name_en="Nobody")
    people.professional("José Peña", city="Bogotá", specialties=[heart])
    people.professional("Ana Ruiz", city="Málaga", specialties=[psychology, heart])
    people.professional("Berta Hidden", city="Lima", is_listed=False)
    gone = people.professional("Carlos Gone", city="Quito", specialties=[heart])
    gone.user.is_active = False
    gone.user.save()
    return lambda **search: [person.name for person in selectors.listed_professionals(**search)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Ana Ruiz", "José Peña"]),
        ("pena", ["José Peña"]),
        ("PEÑA", ["José Peña"]),
        ("bogota jose", ["José Peña"]),
        ("psicologia", ["Ana Ruiz"]),
        ("psychology", ["Ana Ruiz"]),
        ("cardio", ["Ana Ruiz", "José Peña"]),
        ("pena psicologia", []),
        ("100%", []),
        ("_", []),
        ("a\x00na", ["Ana Ruiz"]),
        ("x" * 5000, []),
        ("😀 'or 1=1--", []),
    ],
)
def test_words_find_names_cities_and_specialties_without_accents(found, query, names):
    assert found(query=query) == names


def test_the_fields_of_the_form_narrow_the_search(found):
    assert found(specialty="heart") == ["Ana Ruiz", "José Peña"]
    assert found(specialty="heart", city="malaga") == ["Ana Ruiz"]
    assert found(city="Lima") == found(specialty="unknown") == []


def test_the_form_offers_only_what_finds_somebody(found):
    assert selectors.listed_cities() == ["Bogotá", "Málaga"]
    assert [specialty.slug for specialty in selectors.listed_specialties()] == ["heart", "mind"]


@pytest.mark.parametrize("slug", ["berta-hidden", "carlos-gone", "nobody", "", "a\x00"])
def test_who_is_not_listed_has_no_page(found, slug):
    with pytest.raises(Missing):
        selectors.professional_by_slug(slug)


def test_a_profile_is_found_by_its_slug(found):
    assert selectors.professional_by_slug("jose-pena").name == "José Peña"


def test_the_number_of_queries_does_not_grow(found, django_assert_num_queries):
    for number in range(5):
        people.professional(f"More {number}", specialties=Specialty.objects.all())
    with django_assert_num_queries(2):
        for person in selectors.listed_professionals(query="o"):
            assert person.user.email
            assert list(person.specialties.all())
