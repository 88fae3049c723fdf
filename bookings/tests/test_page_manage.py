"""A booking's own page behind its private link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bookings import services
from bookings.access import token_of
from bookings.models import Booking
from bookings.services.meeting import close_window
from bookings.tests.factories import (
    hold_over,
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    open_window,
)
from core.actor import Actor

pytestmark = pytest.mark.django_db

DOCTOR = Actor("professional")


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.EMBEDDED = True
    settings.PAYMENT_GATEWAYS = ["sandbox"]


@pytest.fixture
def text_of(client):
    def get(booking, path="", status=200, **query):
        address = f"/b/{token_of(booking)}/{path}"
        response = client.get(address, query, headers={"accept-language": "en"})
        assert response.status_code == status
        return response.content.decode()

    return get


def test_an_unpaid_booking_asks_for_the_payment(text_of):
    booking = make_booking()
    text = text_of(booking)
    assert "One step left: the payment" in text
    assert booking.reference in text


def test_a_request_says_until_when_the_answer_comes(text_of):
    booking = make_booking(make_service(make_professional(always_open=True), price=0))
    assert "has your request" in text_of(booking)


def test_a_confirmed_booking_leads_to_the_room_once_it_is_open(text_of):
    booking = make_confirmed()
    open_window(booking, starts_in=timedelta(hours=2))
    assert "The room opens" in text_of(booking)
    open_window(booking, starts_in=timedelta(minutes=5))
    assert f"/b/{token_of(booking)}/room/" in text_of(booking)


def test_the_day_on_which_the_room_opens_is_named_unless_it_is_today(text_of):
    with time_machine.travel(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), tick=False) as clock:
        service = make_service(make_professional(auto_accept=True), price=0)
        booking = make_confirmed(service, start=datetime(2026, 11, 24, 15, 0, tzinfo=UTC))
        assert "The room opens on Tuesday, November 24 at 09:50" in text_of(booking)
        clock.move_to(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
        assert "The room opens at 09:50" in text_of(booking)


def test_a_declined_request_says_so_with_the_reason(text_of):
    booking = make_booking(make_service(make_professional(always_open=True), price=0))
    services.reject(booking_id=booking.pk, actor=DOCTOR, reason="Estoy de viaje")
    text = text_of(booking)
    assert "cannot see you at this time" in text
    assert "Estoy de viaje" in text


def test_an_expired_booking_offers_another_time(text_of):
    booking = make_booking()
    hold_over(booking)
    text = text_of(booking)
    assert "The time to pay is over" in text
    assert "The time is free again" in text


def test_a_request_nobody_answered_is_not_called_unpaid(text_of):
    booking = make_booking(make_service(make_professional(always_open=True, name="Dra. Ana"), price=0))
    hold_over(booking)
    text = text_of(booking)
    assert "Dra. Ana did not answer in time" in text
    assert "time to pay" not in text


def test_an_appointment_to_which_nobody_came_says_so(text_of):
    booking = open_window(make_confirmed(), starts_in=-timedelta(hours=1))
    close_window(booking_id=booking.pk)
    text = text_of(booking)
    assert "This appointment did not take place" in text
    assert "Nobody came" in text


def test_the_patient_cancels(text_of, client):
    booking = make_confirmed()
    client.post(f"/b/{token_of(booking)}/cancel", {"reason": "Ya estoy mejor"})
    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_by) == ("cancelled", "patient")
    assert "You cancelled this appointment" in text_of(booking)


def test_cancelling_twice_is_refused_in_words(text_of, client):
    booking = make_confirmed()
    address = f"/b/{token_of(booking)}/cancel"
    client.post(address)
    response = client.post(address, follow=True, headers={"accept-language": "en"})
    assert "not possible now" in response.content.decode()


def test_the_patient_moves_the_appointment(text_of, client):
    with time_machine.travel(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), tick=False):
        booking = make_confirmed(make_service(make_professional(auto_accept=True), price=0))
        assert "?start=2026-11-25T15:00:00Z" in text_of(booking, "move", day="2026-11-25")
        assert "Move it to this time" in text_of(booking, "move", start="2026-11-25T15:00:00Z")
        client.post(f"/b/{token_of(booking)}/move", {"start": "2026-11-25T15:00:00Z"})
    booking.refresh_from_db()
    assert booking.starts_at == datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
    assert booking.status == "confirmed"


def test_moving_to_a_time_that_is_not_free_is_refused(client):
    with time_machine.travel(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), tick=False):
        booking = make_confirmed(make_service(make_professional(), price=0))
        for start, status in (("2026-11-22T15:00:00Z", 400), ("never", 400)):
            assert client.post(f"/b/{token_of(booking)}/move", {"start": start}).status_code == status


def test_the_calendar_file_is_given(client):
    booking = make_confirmed()
    response = client.get(f"/b/{token_of(booking)}/calendar.ics")
    assert response["Content-Type"].startswith("text/calendar")
    assert b"BEGIN:VEVENT" in response.content


def test_a_page_that_has_this_version_gets_nothing(client, text_of):
    booking = make_confirmed()
    address = f"/b/{token_of(booking)}/"
    version = client.get(address).context["version"]
    assert client.get(address, {"seen": version}).status_code == 204
    services.cancel(booking_id=booking.pk, actor=DOCTOR)
    assert client.get(address, {"seen": version}).status_code == 200


@pytest.mark.parametrize("path", ["", "move", "calendar.ics", "room/"])
def test_a_forged_link_leads_nowhere(client, path):
    booking = make_confirmed()
    forged = token_of(booking)[:-1] + ("A" if token_of(booking)[-1] != "A" else "B")
    assert client.get(f"/b/{forged}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["pay", "cancel", "move"])
def test_a_forged_link_changes_nothing(client, path):
    booking = make_confirmed()
    forged = booking.pk.hex + "~forged"
    assert client.post(f"/b/{forged}/{path}").status_code == 404
    assert Booking.objects.get().status == "confirmed"


def test_paying_goes_to_the_checkout(client):
    booking = make_booking()
    assert "/sandbox/checkout/" in client.post(f"/b/{token_of(booking)}/pay")["Location"]
