"""The patient's own list: all of theirs and nothing of others."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import services
from bookings.access import token_of
from bookings.selectors import next_free_slots
from bookings.tests.factories import make_confirmed, make_professional, make_service, make_user
from core.actor import Actor

pytestmark = pytest.mark.django_db


def make_verified_user(email):
    user = make_user(email=email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def user(client):
    user = make_verified_user("julia@example.org")
    client.force_login(user)
    return user


def book_for(user, name="Dra. Ana"):
    """Nobody is in two places at once: each booking comes a while after those before it."""
    service = make_service(make_professional(always_open=True, name=name), price=0)
    start = next_free_slots(service=service, count=100)[10 * user.patients.count()]
    return make_confirmed(service, user=user, email=user.email, start=start)


def test_what_comes_and_what_was(client, user):
    ahead, before = book_for(user, "Dra. Ahead"), book_for(user, "Dr. Before")
    services.cancel(booking_id=before.pk, actor=Actor("patient"))
    context = client.get("/me/").context
    assert [card["booking"].pk for card in context["coming"]] == [ahead.pk]
    assert [card["booking"].pk for card in context["past"]] == [before.pk]


def test_each_leads_to_its_own_page(client, user):
    booking = book_for(user)
    assert f"/b/{token_of(booking)}/" in client.get("/me/").content.decode()


def test_nothing_of_others_is_shown(client, user):
    book_for(make_verified_user("other@example.org"), "Dra. Elsewhere")
    assert "Dra. Elsewhere" not in client.get("/me/").content.decode()


def test_a_visitor_signs_in_first(client):
    assert client.get("/me/")["Location"].startswith("/login")


def test_the_list_costs_the_same_for_many(client, user):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/me/")
        return len(captured)

    book_for(user)
    one = queries()
    for _number in range(3):
        book_for(user)
    assert queries() == one
