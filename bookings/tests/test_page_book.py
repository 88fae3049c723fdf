"""From a chosen time to a booking: what is typed stays, and every refusal has words and a status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine

from bookings.access import token_of
from bookings.models import Booking
from bookings.tests.factories import make_booking, make_professional, make_service, make_user

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
ADDRESS = "/p/ana/talk/book"
START = "2026-11-24T14:00:00Z"
DETAILS = {
    "name": "Begoña  Muñoz",
    "email": "begona@example.org",
    "phone": "+57 300 123 4567",
    "reason": "Dolor de cabeza",
}


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.EMBEDDED = True
    settings.PAYMENT_GATEWAYS = ["sandbox"]


@pytest.fixture
def service():
    return make_service(make_professional(slug="ana"), slug="talk", price=0)


@pytest.fixture
def paid_service(service):
    service.price = 25000
    service.save()
    return service


@pytest.fixture
def send(client):
    def post(status, *, start=START, **changes):
        address = f"{ADDRESS}?{urlencode({'start': start})}"
        response = client.post(address, DETAILS | changes, headers={"accept-language": "en"})
        assert response.status_code == status
        return response

    return post


def test_a_free_service_is_booked_at_once(send, service):
    response = send(302)
    booking = Booking.objects.select_related("patient__data_key").get()
    assert response["Location"] == f"/b/{token_of(booking)}/"
    assert booking.starts_at == TUESDAY
    assert booking.patient.name == "Begoña Muñoz"
    assert booking.language == "en"


def test_a_paid_service_leads_to_the_checkout(send, paid_service):
    assert "/sandbox/checkout/" in send(302)["Location"]
    assert Booking.objects.get().status == "pending_payment"


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "begona@"},
        {"email": ""},
        {"name": ""},
        {"name": "x" * 121},
        {"name": "x"},
        {"name": "a\x00b"},
        {"phone": "call me"},
        {"reason": "x" * 2001},
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_lost(send, service, changes):
    text = send(400, **changes).content.decode()
    assert "Please check what you entered" in text
    kept = next(value for name, value in DETAILS.items() if name not in changes)
    assert kept in text
    assert not Booking.objects.exists()


def test_a_taken_time_offers_the_next_ones_and_keeps_the_details(send, service):
    make_booking(service, start=TUESDAY)
    text = send(409).content.decode()
    assert "begona@example.org" in text
    assert 'name="another" formaction="?start=2026-11-24T14:30:00Z"' in text


def test_another_time_takes_the_details_along(send, service):
    text = send(200, start="2026-11-25T15:00:00Z", another="").content.decode()
    assert 'action="/p/ana/talk/book?start=2026-11-25T15:00:00Z"' in text
    assert "Dolor de cabeza" in text
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    ("start", "rule"),
    [
        ("2026-11-19T14:00:00Z", "already past"),
        ("2026-11-24T14:07:00Z", "do not start at this minute"),
        ("2026-11-22T14:00:00Z", "does not work at this time"),
        ("2027-11-24T14:00:00Z", "not open so late yet"),
    ],
)
def test_a_start_that_the_rules_forbid_is_refused_by_the_name_of_the_rule(
    client, send, paid_service, start, rule
):
    sent = send(400, start=start).content.decode()
    looked_at = client.get(ADDRESS, {"start": start}, headers={"accept-language": "en"})
    assert looked_at.status_code == 400
    for text in (sent, looked_at.content.decode()):
        assert rule in text
        assert "We keep this time" not in text
    assert "begona@example.org" in sent
    assert not Booking.objects.exists()


def test_a_practice_closed_to_the_public_says_so(client, service):
    policy = service.professional.policy
    policy.allow_public_booking = False
    policy.save()
    page = client.get(ADDRESS, {"start": START}, headers={"accept-language": "en"})
    assert (page.status_code, "takes no bookings online" in page.content.decode()) == (403, True)


def test_the_language_changes_on_a_page_with_errors_too(client, send, service):
    page = send(400, email="begona@")
    back = page.context["request"].get_full_path()
    assert client.post("/language", {"language": "es", "next": back})["Location"] == back
    assert client.get(back).status_code == 200


@pytest.mark.parametrize(
    "start", ["", "soon", "2026-11-24T14:00:00", "0001-01-01T00:00:00Z", "2026-99-99T14:00:00Z"]
)
def test_a_start_that_is_no_time_is_refused(client, send, service, start):
    send(400, start=start)
    assert client.get(ADDRESS, {"start": start}).status_code == 400


def test_the_address_of_a_taken_time_says_so(client, service):
    make_booking(service, start=TUESDAY)
    assert client.get(ADDRESS, {"start": START}).status_code == 409


def test_the_way_back_from_the_checkout_leads_to_the_same_booking(client, send, paid_service):
    send(302)
    assert "/sandbox/checkout/" in send(302)["Location"]
    assert Booking.objects.count() == 1
    assert client.get(ADDRESS, {"start": START})["Location"] == f"/b/{token_of(Booking.objects.get())}/"


def test_a_patient_with_an_account_finds_the_details_filled_in(client, service):
    user = make_user(name="Julia Torres", email="julia@example.org")
    client.force_login(user)
    text = client.get(ADDRESS, {"start": START}).content.decode()
    assert "Julia Torres" in text
    client.post(f"{ADDRESS}?start={START}", DETAILS)
    assert Booking.objects.get().channel == "account"


def test_a_hold_lasts_as_long_as_the_policy_says(send, paid_service):
    send(302)
    assert Booking.objects.get().hold_ends_at == FRIDAY + timedelta(minutes=30)
