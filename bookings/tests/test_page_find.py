"""The start page and a professional's page: who is found, what is offered."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import BookingPolicy
from bookings.tests.factories import make_professional, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def text_of(client):
    """The text of a page in English."""

    def get(path, status=200, **query):
        response = client.get(path, query, headers={"accept-language": "en"})
        assert response.status_code == status
        return response.content.decode()

    return get


def test_the_start_page_shows_everybody_with_their_lowest_price(text_of):
    ana = make_professional(name="Dra. Ana Ruiz")
    make_service(ana, price=Decimal("90"), currency="EUR")
    make_service(ana, price=Decimal("40"), currency="EUR")
    make_service(ana, price=0, currency="EUR")
    text = text_of("/")
    assert "Dra. Ana Ruiz" in text
    assert "from €40" in text


def test_the_search_narrows_by_name_city_and_specialty(text_of):
    make_professional(name="Dra. Ana Ruiz", city="Madrid")
    make_professional(name="Dr. Íñigo Núñez", city="Bogotá")
    assert "Íñigo" not in text_of("/", q="ruiz")
    assert "Ana Ruiz" not in text_of("/", city="Bogotá")
    assert "Ana Ruiz" in text_of("/", specialty="psychology")
    assert "Nobody matches this search" in text_of("/", q="zzz")


@pytest.mark.parametrize(
    "query", [{"q": "\x00"}, {"q": "x" * 5000}, {"specialty": "../.."}, {"city": "' OR 1=1"}, {"q": "%"}]
)
def test_odd_searches_are_no_error(text_of, query):
    make_professional()
    text_of("/", **query)


def test_the_start_page_costs_the_same_for_many(client):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        return len(captured)

    make_service(make_professional())
    few = queries()
    for _number in range(8):
        make_service(make_professional())
    assert queries() == few


def test_a_profile_offers_only_active_services(text_of):
    ana = make_professional(slug="ana")
    make_service(ana, name="First visit")
    make_service(ana, name="Old offer", is_active=False)
    text = text_of("/p/ana/")
    assert "First visit" in text
    assert "Old offer" not in text


def test_who_is_not_listed_has_no_page(text_of):
    make_professional(slug="hidden", is_listed=False)
    text_of("/p/hidden/", status=404)


def test_somebody_whose_practice_is_not_set_up_has_a_page_without_services(text_of):
    BookingPolicy.objects.filter(professional=make_professional(slug="new")).delete()
    assert "No services at the moment" in text_of("/p/new/")


def test_a_page_can_be_asked_for_its_head(client):
    assert client.head("/").status_code == 200
