"""The patient's own list: all of theirs and nothing of others."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import services
from bookings.access import token_of
from bookings.models import BookingEvent
from bookings.selectors import next_free_slots
from bookings.tests.factories import (
    make_confirmed,
    make_professional,
    make_request,
    make_service,
    make_user,
)
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
    assert [card.booking.pk for card in context["coming"]] == [ahead.pk]
    assert [booking.pk for booking, _token, _payment in context["past"]] == [before.pk]


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

    def add():
        """Of each kind one."""
        services.cancel(booking_id=book_for(user).pk, actor=Actor("patient"))
        book_for(user)
        make_request(user=user, email=user.email)

    add()
    one = queries()
    for _number in range(3):
        add()
    assert queries() == one


def test_it_is_cancelled_right_there_with_a_reason(client, user):
    booking = book_for(user)
    text = client.get("/me/", headers={"accept-language": "en"}).content.decode()
    assert f'action="/b/{token_of(booking)}/cancel"' in text
    assert f'href="/b/{token_of(booking)}/move"' in text
    answer = client.post(f"/b/{token_of(booking)}/cancel", {"next": "/me/", "reason": "Ya estoy bien"})
    assert answer["Location"] == "/me/"
    booking.refresh_from_db()
    assert (booking.status, booking.closing_reason) == ("cancelled", "Ya estoy bien")
    assert BookingEvent.objects.get(booking=booking, verb="cancel").actor_id == user.pk


def test_the_way_back_is_to_the_list_or_to_the_booking_and_nowhere_else(client, user):
    booking = book_for(user)
    address = f"/b/{token_of(booking)}/cancel"
    assert client.post(address, {"next": "https://evil.example"})["Location"] == f"/b/{token_of(booking)}/"
    client.logout()
    assert client.post(address, {"next": "/me/"})["Location"] == f"/b/{token_of(booking)}/"


def test_what_is_asked_for_stands_there_until_it_is_a_booking(client, user):
    service = make_service(make_professional(name="Dra. Ana"), price=0)
    waits, declined = (make_request(service, user=user, email=user.email) for _number in range(2))
    services.reject_request(request_id=declined.pk, actor=Actor("professional"), reason="Estoy de viaje")
    text = client.get("/me/", headers={"accept-language": "en"}).content.decode()
    assert "Your requests" in text
    assert "You have an answer by" in text
    assert "Estoy de viaje" in text
    assert list(client.get("/me/").context["wishes"]) == [declined, waits]


def test_requests_of_others_are_not_shown(client, user):
    make_request(user=make_verified_user("other@example.org"), email="other@example.org")
    assert "Your requests" not in client.get("/me/", headers={"accept-language": "en"}).content.decode()
