"""Who types somebody's name and e-mail learns nothing of that person: no phone, no appointment elsewhere."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.models import Patient
from bookings.access import token_of
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_booking, make_professional, make_service, make_user, utc

pytestmark = pytest.mark.django_db

LAURA = {"name": "Laura Gil", "email": "laura@example.org"}
WORDS = "This time is not available. Please choose another one."


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(utc(2026, 11, 20, 12), tick=False)


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


@pytest.fixture
def busy():
    """Laura's appointment in another practice."""
    return make_booking(make_service(make_professional(always_open=True), price=0), **LAURA)


def account(email, *, verified=True):
    user = make_user(email=email, name=LAURA["name"])
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=verified)
    return user


def book(client, service, start, **changes):
    url = f"/api/v1/professionals/{service.professional.slug}/bookings"
    body = LAURA | {"service": service.slug, "start": start.isoformat()} | changes
    return client.post(url, body, format="json")


def book_on_page(service, start, user=None):
    client = Client(headers={"accept-language": "en"})
    if user:
        client.force_login(user, backend="accounts.backends.AccountBackend")
    at = f"{start:%Y-%m-%dT%H:%M:%SZ}"
    address = f"/p/{service.professional.slug}/{service.slug}/book?start={at}"
    return client.post(address, LAURA | {"start": at})


def test_a_known_phone_is_not_read_out_to_whoever_books_in_the_name(service):
    make_booking(service, phone="+57 300 999 8877", **LAURA)
    answer = book(api(), service, next_free_slots(service=service)[0], name="laura gil").json()
    assert answer["patient"].keys() == {"name"}
    managed = api().get(f"/api/v1/manage/{answer['manage_token']}")
    assert managed.json()["patient"].keys() == {"name"}
    assert Patient.objects.count() == 1
    for response in (answer, managed.json()):
        assert "8877" not in str(response)


def test_nor_to_an_account_that_never_verified_the_address(service):
    make_booking(service, phone="+57 300 999 8877", **LAURA)
    body = {
        "professional": service.professional.slug,
        "service": service.slug,
        "start": next_free_slots(service=service)[0].isoformat(),
    }
    answer = api(account(LAURA["email"], verified=False)).post("/api/v1/bookings", body, format="json")
    assert answer.status_code == 201
    assert (answer.json()["patient"]["email"], answer.json()["patient"]["phone"]) == ("", "")


def test_a_strangers_phone_does_not_become_the_patients(service):
    make_booking(service, **LAURA)
    book(api(), service, next_free_slots(service=service)[0], phone="+999 666 000")
    assert [patient.phone for patient in Patient.objects.all()] == [""]


def test_a_guest_is_not_told_that_the_patient_is_elsewhere(service, busy):
    response = book(api(), service, busy.starts_at)
    assert (response.status_code, error_of(response)["code"]) == (400, "slot_not_available")
    assert error_of(response)["detail"] == WORDS
    assert response.json().keys() == {"type", "errors"}
    page = book_on_page(service, busy.starts_at)
    assert page.status_code == 400
    assert WORDS in page.content.decode()
    assert "already have" not in page.content.decode()
    assert Booking.objects.count() == 1


def test_nor_is_whoever_holds_the_link_of_another_appointment(service, busy):
    other = next_free_slots(service=service, count=4)[-1]
    token = token_of(make_booking(service, start=other, **LAURA))
    start = {"start": f"{busy.starts_at:%Y-%m-%dT%H:%M:%SZ}"}
    moved = api().post(f"/api/v1/manage/{token}/reschedule", start, format="json")
    assert error_of(moved)["detail"] == WORDS
    page = Client(headers={"accept-language": "en"}).post(f"/b/{token}/move", start)
    assert WORDS in page.content.decode()


def test_nor_the_professional(service, busy):
    other = next_free_slots(service=service, count=4)[-1]
    mine = make_booking(service, start=other, **LAURA)
    url = f"/api/v1/bookings/{mine.pk}/reschedule"
    moved = api(service.professional.user).post(url, {"start": busy.starts_at.isoformat()}, format="json")
    assert error_of(moved)["detail"] == WORDS


def test_an_account_is_told_of_its_own_verified_address_only(service, busy):
    own, unverified = account(LAURA["email"]), account("l.gil@example.org", verified=False)
    assert error_of(book(api(own), service, busy.starts_at))["code"] == "patient_busy"
    assert "already have another appointment" in book_on_page(service, busy.starts_at, own).content.decode()
    for user in (unverified, account("somebody@example.org")):
        assert error_of(book(api(user), service, busy.starts_at))["code"] == "slot_not_available"
        assert WORDS in book_on_page(service, busy.starts_at, user).content.decode()
