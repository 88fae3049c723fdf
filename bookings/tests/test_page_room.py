"""The room's page: who gets in, and what it says when there is no way in."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bookings import services
from bookings.access import token_of
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    make_user,
    open_window,
)
from live import tickets
from meetings.selectors import participant_of
from meetings.services import start_clock

pytestmark = pytest.mark.django_db

BACKEND = "accounts.backends.AccountBackend"


def signed_in(user) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user, backend=BACKEND)
    return client


def guest() -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="en")


def room_url(booking) -> str:
    return reverse("video_room", args=[booking.pk])


def guest_url(booking) -> str:
    return reverse("guest_room", args=[token_of(booking)])


def block(response, name) -> dict | str:
    """What the page hands to its script."""
    found = re.search(
        rf'<script id="{name}" type="application/json">(.*?)</script>', response.content.decode()
    )
    assert found is not None
    return json.loads(found[1])


@pytest.fixture
def booking():
    return open_window(make_confirmed(name="Juan Pérez"))


def test_each_side_gets_the_ticket_of_its_own_seat(booking):
    booking.patient.user = make_user()
    booking.patient.save()
    for client, url, role in (
        (signed_in(booking.professional.user), room_url(booking), "professional"),
        (signed_in(booking.patient.user), room_url(booking), "patient"),
        (guest(), guest_url(booking), "patient"),
    ):
        response = client.get(url)
        assert response.status_code == 200
        seat = participant_of(booking.meeting_id, role)
        assert tickets.read(block(response, "live-ticket")).person == f"participant:{seat.pk}"
        assert block(response, "room")["role"] == role
        assert "no-store" in response["Cache-Control"]


def test_names_cannot_break_out_of_the_page():
    booking = open_window(make_confirmed(name="</script><script>alert(1)</script>"))
    response = signed_in(booking.professional.user).get(room_url(booking))
    assert "<script>alert" not in response.content.decode()


def test_outsiders_find_nothing(booking):
    charlie = signed_in(make_user())
    rival = signed_in(make_professional().user)
    for client in (charlie, rival):
        assert client.get(room_url(booking)).status_code == 404
        assert client.post(reverse("end_for_both", args=[booking.pk])).status_code == 404
    assert guest().get(reverse("guest_room", args=["x" * 40])).status_code == 404
    assert guest().get(room_url(booking)).status_code == 302
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_too_early_counts_down():
    booking = open_window(make_confirmed(), starts_in=timedelta(minutes=30))
    response = guest().get(guest_url(booking))
    assert "The room is not open yet" in response.content.decode()
    assert "data-countdown" in response.content.decode()
    assert 'id="live-ticket"' not in response.content.decode()


def test_words_for_every_closed_door():
    paid = make_booking()
    asked = make_booking(make_service(make_professional(always_open=True), price=0))
    over = open_window(make_confirmed(), starts_in=timedelta(hours=-2))
    cancelled = make_confirmed()
    services.cancel(booking_id=cancelled.pk, actor=PATIENT)
    in_person = make_confirmed(
        make_service(make_professional(always_open=True), price=0, modality="in_person")
    )
    for booking, words in (
        (paid, "not paid yet"),
        (asked, "has not accepted"),
        (over, "The time of this appointment is over."),
        (cancelled, "does not take place"),
        (in_person, "without a video room"),
    ):
        response = guest().get(guest_url(booking))
        assert response.status_code == 200
        assert words in response.content.decode()
        assert 'id="live-ticket"' not in response.content.decode()


def test_the_professional_ends_it_and_both_are_thanked(booking):
    services.start(booking_id=booking.pk, actor=PATIENT)
    doctor = signed_in(booking.professional.user)
    response = doctor.post(reverse("end_for_both", args=[booking.pk]), follow=True)
    assert "The consultation has ended" in response.content.decode()
    assert "Thank you" in guest().get(guest_url(booking)).content.decode()
    again = doctor.post(reverse("end_for_both", args=[booking.pk]), follow=True)
    assert "The consultation has ended" in again.content.decode()


def test_what_has_not_started_does_not_end(booking):
    doctor = signed_in(booking.professional.user)
    response = doctor.post(reverse("end_for_both", args=[booking.pk]), follow=True)
    assert "The meeting has not started." in response.content.decode()
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_the_patient_cannot_end_it(booking):
    booking.patient.user = make_user()
    booking.patient.save()
    services.start(booking_id=booking.pk, actor=PATIENT)
    assert signed_in(booking.patient.user).post(reverse("end_for_both", args=[booking.pk])).status_code == 404


def test_those_who_wait_hear_that_the_professional_is_finishing(booking):
    services.start(booking_id=booking.pk, actor=PATIENT)
    service = make_service(booking.professional, price=0, duration_minutes=10)
    following = make_confirmed(service)
    open_window(following, starts_in=timedelta(minutes=45))
    following.meeting.opens_at -= timedelta(hours=1)
    following.meeting.save()
    assert block(guest().get(guest_url(following)), "room")["state"]["host_busy"]
    assert not block(guest().get(guest_url(booking)), "room")["state"]["host_busy"]


def test_the_clock_starts_once_for_both_pages(booking):
    services.start(booking_id=booking.pk, actor=PATIENT)
    started = start_clock(meeting_id=booking.meeting_id)
    states = [
        block(client.get(url), "room")["state"]
        for client, url in (
            (guest(), guest_url(booking)),
            (signed_in(booking.professional.user), room_url(booking)),
        )
    ]
    assert {state["ends_at"] for state in states} == {block_time(started.ends_at)}


def block_time(moment) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
