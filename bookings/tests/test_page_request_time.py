"""The public form for whom no free time suits: what is typed stays, and every refusal has words and a status."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from bookings.models import BookingRequest
from bookings.tests.factories import make_professional, make_service, make_user

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ADDRESS = "/p/ana/talk/request"
WISH = {
    "preferred_from": "2026-11-24",
    "preferred_until": "2026-11-28",
    "part_of_day": "morning",
    "message": "Dolor de cabeza",
    "name": "Begoña  Muñoz",
    "email": "begona@example.org",
    "phone": "+57 300 123 4567",
}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def service():
    return make_service(make_professional(slug="ana"), slug="talk", price=0)


@pytest.fixture
def send(client):
    def post(status, **changes):
        response = client.post(ADDRESS, WISH | changes, headers={"accept-language": "en"})
        assert response.status_code == status
        return response

    return post


def test_a_wish_is_sent_and_thanked_for(client, send, service):
    response = send(302)
    assert response["Location"] == f"{ADDRESS}/sent"
    wish = BookingRequest.objects.select_related("data_key").get()
    assert (wish.name, wish.message, wish.part_of_day) == ("Begoña Muñoz", "Dolor de cabeza", "morning")
    assert (wish.language, wish.timezone) == ("en", "America/Bogota")
    thanks = client.get(response["Location"], headers={"accept-language": "en"}).content.decode()
    assert "from Tue 24 Nov to Sat 28 Nov, in the morning" in thanks
    assert "Friday, December 4" in thanks
    assert "Begoña" not in thanks


def test_thanks_are_for_the_browser_that_asked(client, service):
    assert client.get(f"{ADDRESS}/sent")["Location"] == ADDRESS


def test_days_may_stay_open(send, service):
    send(302, preferred_from="", preferred_until="", part_of_day="any", message="", phone="")
    wish = BookingRequest.objects.get()
    assert (wish.preferred_from, wish.preferred_until, wish.part_of_day) == (None, None, "any")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "begona@"}, "E-mail: "),
        ({"name": ""}, "First and last name: "),
        ({"phone": "call me"}, "Phone: "),
        ({"message": "x" * 2001}, "2000"),
        ({"part_of_day": "noon"}, "Part of the day: "),
        ({"preferred_from": "soon"}, "Earliest day: "),
        ({"preferred_from": "2026-11-19"}, "This day is already past."),
        ({"preferred_until": "2027-11-24"}, "more than a year away"),
        ({"preferred_until": "2026-11-23"}, "The last day is before the first."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_lost(send, service, changes, words):
    text = send(400, **changes).content.decode()
    assert "Please check what you entered" in text
    assert words in text
    kept = [value for name, value in WISH.items() if name not in {*changes, "name", "part_of_day"}]
    assert all(value in text for value in kept)
    assert not BookingRequest.objects.exists()


def test_a_fourth_is_refused_in_words_and_keeps_what_was_typed(send, service):
    for _n in range(3):
        send(302)
    text = send(400).content.decode()
    assert "3 requests of yours wait for an answer here already." in text
    assert "begona@example.org" in text


def test_an_address_that_asks_too_often_is_asked_to_wait(send, service):
    for n in range(20):
        send(302, email=f"p{n}@example.org")
    send(429, email="p20@example.org")


def test_a_patient_with_an_account_finds_the_details_filled_in(client, service):
    user = make_user(name="Julia Torres", email="julia@example.org")
    client.force_login(user)
    assert "Julia Torres" in client.get(ADDRESS).content.decode()
    client.post(ADDRESS, WISH)
    assert BookingRequest.objects.get().user == user


def test_what_a_professional_types_for_somebody_is_not_theirs(client, service):
    client.force_login(service.professional.user)
    client.post(ADDRESS, WISH)
    assert BookingRequest.objects.get().user is None


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"allow_public_booking": False}, "No bookings online at the moment"),
        ({"patients_only": True}, "For patients of this practice"),
    ],
)
def test_a_closed_door_says_so_and_offers_no_form(client, send, service, rule, words):
    policy = service.professional.policy
    for name, value in rule.items():
        setattr(policy, name, value)
    policy.save()
    page = client.get(ADDRESS, headers={"accept-language": "en"})
    assert page.status_code == 403
    for text in (page.content.decode(), send(403).content.decode()):
        assert words in text and 'name="email"' not in text
    assert not BookingRequest.objects.exists()


def test_what_is_not_offered_is_not_there(client, service):
    assert client.get("/p/ana/nothing/request").status_code == 404
    assert client.get("/p/nobody/talk/request/sent").status_code == 404


def test_the_calendar_leads_here(client, service):
    assert ADDRESS in client.get("/p/ana/talk/").content.decode()
