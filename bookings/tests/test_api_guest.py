"""Booking without an account, and the private link."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_booking, make_professional, make_service, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


def free_start(service):
    upcoming = next_free_slots(service=service, count=1)
    return f"{upcoming[0]:%Y-%m-%dT%H:%M:%SZ}" if upcoming else ""


def details(service, /, **changes):
    given = {
        "service": service.slug,
        "start": free_start(service),
        "name": "Luz  María Ñáñez",
        "email": "luz@example.org",
        "phone": "+57 300 123 4567",
        "reason": "Insomnia",
        "language": "es",
        "timezone": "Europe/Madrid",
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def book(service, /, client=None, **changes):
    url = f"/api/v1/professionals/{service.professional.slug}/bookings"
    return (client or api()).post(url, details(service, **changes), format="json")


def test_free_of_charge_goes_straight_to_the_professional(service):
    response = book(service)
    assert response.status_code == 201
    body = response.json()
    assert body["status"] == "waiting_for_professional"
    assert body["meeting_status"] == "waiting"
    assert (body["checkout_url"], body["payment"], body["price"]) == (None, None, "0.00")
    assert body["patient"] == {"name": "Luz María Ñáñez"}
    assert body["timezone"] == "Europe/Madrid"
    assert body["role"] == "patient"
    assert body["starts_at"].endswith("Z")
    assert "email" not in body["professional"]
    assert api().get(f"/api/v1/manage/{body['manage_token']}").json()["id"] == body["id"]
    assert body["manage_token"] in body["manage_url"]


@pytest.fixture
def sandbox(settings):
    settings.EMBEDDED = True
    settings.PAYMENT_GATEWAYS = ["sandbox"]


def test_something_owed_is_held_and_can_be_paid(service, sandbox):
    paid = make_service(service.professional, price=Decimal("80"), currency="USD")
    body = book(paid).json()
    assert body["status"] == "pending_payment"
    assert body["payment"]["status"] == "pending"
    assert (body["payment"]["amount"], body["price"], body["currency"]) == ("80.00", "80.00", "USD")
    assert body["hold_ends_at"].endswith("Z")
    assert body["checkout_url"].startswith("http")
    again = api().post(f"/api/v1/manage/{body['manage_token']}/payment")
    assert again.json()["checkout_url"] == body["checkout_url"]


def test_a_gateway_that_is_down_takes_nothing_back(service, settings):
    settings.PAYMENT_GATEWAYS = []
    body = book(make_service(service.professional, price=10, currency="USD")).json()
    assert (body["status"], body["checkout_url"]) == ("pending_payment", None)
    again = api().post(f"/api/v1/manage/{body['manage_token']}/payment")
    assert (again.status_code, error_of(again)["code"]) == (400, "payment_unavailable")


def test_amounts_have_the_decimals_of_their_currency(service):
    assert book(make_service(service.professional, price=25000, currency="CLP")).json()["price"] == "25000"


def test_the_least_that_must_be_said(service):
    body = book(service, phone=None, reason=None, language=None, timezone=None).json()
    assert (body["language"], body["timezone"]) == ("en", "America/Bogota")


def test_a_signed_in_patient_may_use_it_too(service):
    assert book(service, api(make_user())).status_code == 201


def test_taken_meanwhile_is_409_with_the_next_free_times(service):
    taken = free_start(service)
    make_booking(service)
    response = book(service, start=taken)
    assert response.status_code == 409
    error = error_of(response)
    assert (error["code"], error["attr"]) == ("slot_taken", "start")
    assert len(response.json()["next_slots"]) == 3
    assert all(start.endswith("Z") for start in response.json()["next_slots"])
    assert Booking.objects.count() == 1
    assert book(service, start=response.json()["next_slots"][0], email="other@example.org").status_code == 201


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("2020-01-01T10:00:00Z", "slot_not_available"),
        ("2190-01-01T10:00:00Z", "slot_not_available"),
        ("9999-12-31T23:59:59Z", "overflow"),
        ("0001-01-01T00:00:00+14:00", "overflow"),
        ("2030-01-01T10:00:00", "invalid"),
        ("2030-13-01T10:00:00Z", "invalid"),
        ("2030-01-01", "invalid"),
        ("tomorrow", "invalid"),
        ("", "invalid"),
        (1893456000, "invalid"),
        ([], "invalid"),
        ({}, "invalid"),
        (True, "invalid"),
        ("\x00", "invalid"),
    ],
)
def test_past_far_or_malformed_times_are_refused(service, start, code):
    response = book(service, start=start)
    assert response.status_code == 400
    error = error_of(response)
    assert (error["code"], error["attr"]) == (code, "start")
    assert not Booking.objects.exists()


def test_off_the_grid(service):
    start = next_free_slots(service=service, count=1)[0].replace(second=30)
    response = book(service, start=start.isoformat())
    assert response.status_code == 400
    assert response.json()["reasons"] == ["off_grid"]


@pytest.mark.parametrize(
    ("change", "attr"),
    [
        ({"name": "x" * 121}, "name"),
        ({"name": "x"}, "name"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": "Nul\x00"}, "name"),
        ({"name": ["a"]}, "name"),
        ({"email": "not an address"}, "email"),
        ({"email": "a@b.co" * 100}, "email"),
        ({"phone": "1" * 31}, "phone"),
        ({"phone": "call me"}, "phone"),
        ({"reason": "x" * 2001}, "reason"),
        ({"reason": "\x00"}, "reason"),
        ({"reason": {}}, "reason"),
        ({"language": "tlh"}, "language"),
        ({"language": 1.5}, "language"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": 7}, "timezone"),
        ({"service": None}, "service"),
        ({"service": ["a"]}, "service"),
        ({"service": "x\x00"}, "service"),
    ],
)
def test_odd_values_are_400_and_name_their_field(service, change, attr):
    response = book(service, **change)
    assert response.status_code == 400
    assert error_of(response)["attr"] == attr
    assert not Booking.objects.exists()


def test_half_a_character_is_400(service):
    url = f"/api/v1/professionals/{service.professional.slug}/bookings"
    body = json.dumps(details(service, name="\ud800 half"))
    response = api().generic("POST", url, body.encode(), content_type="application/json")
    assert (response.status_code, error_of(response)["code"]) == (400, "parse_error")


def test_markup_and_long_names_stay_what_they_are(service):
    name = "<script>alert(1)</script> " + "ñ" * 90
    assert book(service, name=name).json()["patient"]["name"] == name


def test_unknown_service_or_professional_is_404(service):
    assert book(service, service="nothing").status_code == 404
    elsewhere = make_service(make_professional(always_open=True))
    assert book(service, service=str(elsewhere.pk)).status_code == 404
    assert (
        api().post("/api/v1/professionals/nobody/bookings", details(service), format="json").status_code
        == 404
    )


def test_closed_to_the_public_is_403(service):
    start = free_start(service)
    policy = service.professional.policy
    policy.allow_public_booking = False
    policy.save()
    response = book(service, start=start)
    assert (response.status_code, error_of(response)["code"]) == (403, "booking_closed")


def test_the_private_link_cancels_once(service):
    token = book(service).json()["manage_token"]
    cancelled = api().post(f"/api/v1/manage/{token}/cancel", {"reason": "ill"}, format="json")
    assert cancelled.json()["status"] == "cancelled"
    assert cancelled.json()["cancelled_by"] == "patient"
    again = api().post(f"/api/v1/manage/{token}/cancel")
    assert (again.status_code, error_of(again)["code"]) == (400, "wrong_state")


def test_the_private_link_moves(service):
    token = book(service).json()["manage_token"]
    start = free_start(service)
    moved = api().post(f"/api/v1/manage/{token}/reschedule", {"start": start}, format="json")
    assert moved.json()["starts_at"] == start


@pytest.mark.parametrize("ending", ["", "/cancel", "/payment", "/reschedule"])
def test_a_forged_link_is_404(service, ending):
    token = book(service).json()["manage_token"]
    for forged in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "%00", "ñ~ñ", "a" * 3000):
        url = f"/api/v1/manage/{forged}{ending}"
        response = api().post(url) if ending else api().get(url)
        assert response.status_code == 404
        assert error_of(response)["code"] == "not_found"
    assert Booking.objects.get().status == "waiting_for_professional"


def test_nothing_owed_cannot_be_paid(service):
    response = api().post(f"/api/v1/manage/{book(service).json()['manage_token']}/payment")
    assert (response.status_code, error_of(response)["code"]) == (400, "nothing_owed")
    assert error_of(response)["detail"] == "There is nothing to pay for this appointment."
