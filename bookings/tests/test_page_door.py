"""Practices that take nobody online, or only the patients they know: said in words, and no times are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress

from accounts.services import find_or_create_patient
from bookings.models import Booking
from bookings.tests.factories import make_booking, make_professional, make_service, make_user

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
START = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
BOOK = "/p/ana/talk/book?start=2026-11-24T14:00:00Z"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def service_of():
    """A free talk of a practice with these rules."""

    def make(**policy):
        return make_service(make_professional(slug="ana", name="Dra. Ana", **policy), slug="talk", price=0)

    return make


@pytest.fixture
def text_of(client):
    def get(path, status=200):
        response = client.get(path, headers={"accept-language": "en"})
        assert response.status_code == status
        return response.content.decode()

    return get


def make_account(email="julia@example.org"):
    user = make_user(email=email)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def add_julia(service):
    find_or_create_patient(
        professional=service.professional,
        name="Julia",
        email="julia@example.org",
        phone="",
        language="es",
        timezone="America/Bogota",
    )


@pytest.mark.parametrize("path", ["/p/ana/", "/p/ana/talk/"])
def test_a_practice_that_takes_nobody_online_says_so(text_of, service_of, path):
    service_of(allow_public_booking=False)
    text = text_of(path)
    assert "takes no bookings online at the moment" in text
    assert "?start=" not in text
    assert "Next free:" not in text
    assert "<table" not in text


@pytest.mark.parametrize("path", ["/p/ana/", "/p/ana/talk/"])
def test_a_practice_for_its_patients_asks_to_sign_in_and_leads_back(text_of, service_of, path):
    service_of(patients_only=True)
    text = text_of(path)
    assert "Only people who are already patients of Dra. Ana book online" in text
    assert f'href="/login?next={path}"' in text
    assert "?start=" not in text
    assert "Next free:" not in text


def test_an_account_unknown_there_reads_what_to_do(client, text_of, service_of):
    service_of(patients_only=True)
    client.force_login(make_account())
    text = text_of("/p/ana/talk/")
    assert "julia@example.org is not known there" in text
    assert "?start=" not in text


def test_its_patients_see_the_times_and_book(client, text_of, service_of):
    service = service_of(patients_only=True)
    add_julia(service)
    client.force_login(make_account())
    assert "book?start=2026-11-24T14:00:00Z" in text_of("/p/ana/talk/?day=2026-11-24")
    assert "Next free:" in text_of("/p/ana/")
    assert client.post(BOOK, {"name": "Julia Torres", "email": "julia@example.org"}).status_code == 302
    assert Booking.objects.get().starts_at == START


def test_an_address_typed_by_a_guest_opens_no_door(client, service_of):
    service = service_of(patients_only=True)
    add_julia(service)
    response = client.post(BOOK, {"name": "Julia Torres", "email": "julia@example.org"})
    assert response.status_code == 403
    assert not Booking.objects.exists()


def test_a_professional_looks_at_another_practice_as_a_guest(client, text_of, service_of):
    service_of(patients_only=True)
    client.force_login(make_professional().user)
    assert "Sign in with the e-mail address" in text_of("/p/ana/talk/")


def test_patients_do_not_see_times_at_which_they_are_busy_themselves(client, text_of, service_of):
    service_of()
    elsewhere = make_service(make_professional(), price=0, duration_minutes=60)
    make_booking(elsewhere, start=START, email="julia@example.org")
    everybody = text_of("/p/ana/talk/?day=2026-11-24")
    client.force_login(make_account())
    own = text_of("/p/ana/talk/?day=2026-11-24")
    for start in (START, START + timedelta(minutes=30)):
        link = f"book?start={start:%Y-%m-%dT%H:%M:%SZ}"
        assert link in everybody
        assert link not in own
    assert "book?start=2026-11-24T15:00:00Z" in own


def test_the_details_of_a_closed_practice_are_not_asked_for(text_of, service_of):
    service_of(patients_only=True)
    text = text_of(BOOK, status=403)
    assert "Sign in with the e-mail address" in text
    assert 'name="email"' not in text


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"patients_only": True}, "For its patients only"),
        ({"allow_public_booking": False}, "No bookings online"),
    ],
)
def test_the_start_page_promises_no_times_there(text_of, service_of, policy, words):
    service_of(**policy)
    text = text_of("/")
    assert words in text
    assert "See free times" not in text
