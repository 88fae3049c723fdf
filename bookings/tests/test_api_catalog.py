"""Who can be found, and what they offer."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Specialty
from bookings.tests.api import api
from bookings.tests.factories import make_professional, make_service

pytestmark = pytest.mark.django_db
URL = "/api/v1/professionals"


def names(query=""):
    return [one["name"] for one in api().get(f"{URL}?{query}").json()["results"]]


def test_search_by_words_specialty_and_city():
    ana = make_professional(name="Ana Núñez", city="Bogotá")
    ana.specialties.set(
        [Specialty.objects.create(slug="training", name_es="Entrenamiento", name_en="Coaching")]
    )
    make_professional(name="Bruno Díaz", city="Madrid")
    make_professional(name="Hidden", is_listed=False)
    assert names() == ["Ana Núñez", "Bruno Díaz"]
    assert names("q=nunez") == ["Ana Núñez"]
    assert names("q=coach") == ["Ana Núñez"]
    assert names("specialty=psychology") == ["Bruno Díaz"]
    assert names("city=bogota") == ["Ana Núñez"]
    assert names("q=nobody") == names("specialty=nothing") == []


def test_odd_searches_find_nothing_and_break_nothing():
    make_professional()
    for query in ("q=%00%25_", "city=%00x", "specialty='--", "q=" + "x" * 5000):
        assert names(query) == []


def test_pages():
    for _n in range(3):
        make_professional()
    body = api().get(f"{URL}?page_size=2").json()
    assert (body["count"], len(body["results"])) == (3, 2)
    assert len(api().get(body["next"]).json()["results"]) == 1


def test_a_professional_with_services():
    professional = make_professional()
    service = make_service(professional, price=80, currency="USD", modality="audio")
    make_service(professional, is_active=False)
    body = api().get(f"{URL}/{professional.slug}").json()
    assert body["specialties"] == [{"slug": "psychology", "name": "Psychology"}]
    assert [one["id"] for one in body["services"]] == [str(service.pk)]
    assert (body["services"][0]["price"], body["services"][0]["modality"]) == ("80.00", "audio")
    assert "email" not in body


def test_who_is_not_listed_or_not_active_is_404():
    hidden = make_professional(is_listed=False)
    left = make_professional()
    left.user.is_active = False
    left.user.save()
    for slug in (hidden.slug, left.slug, "nobody"):
        assert api().get(f"{URL}/{slug}").status_code == 404


def test_queries_of_the_list_are_constant():
    def queries():
        with CaptureQueriesContext(connection) as captured:
            names()
        return len(captured)

    make_professional()
    few = queries()
    for _n in range(4):
        make_professional()
    assert queries() == few
