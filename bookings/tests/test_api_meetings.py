"""Joining, starting, ending, and how the meeting stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.services import create_user
from bookings.tests.api import api, error_of
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    make_user,
    open_window,
)

pytestmark = pytest.mark.django_db
MINUTE = 60_000


@pytest.fixture
def patient():
    return create_user(email="juan@example.org", password=None, name="Juan Pérez")


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


@pytest.fixture
def booking(service, patient):
    """Confirmed, its room open."""
    return open_window(make_confirmed(service, email=patient.email, name=patient.name, user=patient))


def url(booking, verb):
    return f"/api/v1/bookings/{booking.pk}/{verb}"


def test_both_join_with_what_the_provider_needs(booking, patient):
    for user, role in ((patient, "patient"), (booking.professional.user, "professional")):
        body = api(user).get(url(booking, "join-meeting")).json()
        assert (body["can_join"], body["role"]) == (True, role)
        assert (body["booking_status"], body["meeting_status"]) == ("confirmed", "waiting")
        assert body["room"] == booking.meeting.room
        assert body["join"]["role"] == role
        assert body["join"]["ticket"]
        assert (body["remaining_ms"], body["reason"]) == (None, "")


def test_before_the_professional_accepts(service, patient):
    booking = make_booking(service, email=patient.email, user=patient)
    response = api(patient).get(url(booking, "join-meeting"))
    assert response.status_code == 400
    error = error_of(response)
    assert error["code"] == "not_ready_to_join"
    assert error["detail"] == "Meeting is not ready to join. Current status: waiting_for_professional"
    assert api(patient).post(url(booking, "start-meeting")).status_code == 400


def test_before_the_room_opens_it_says_when(booking, patient):
    open_window(booking, starts_in=timedelta(hours=1))
    body = api(patient).get(url(booking, "join-meeting")).json()
    assert (body["can_join"], body["reason"], body["join"]) == (False, "too_early", None)
    assert body["meeting_opens_at"].endswith("Z")
    response = api(patient).post(url(booking, "start-meeting"))
    assert (response.status_code, error_of(response)["code"]) == (400, "too_early")


def test_after_its_time(booking, patient):
    open_window(booking, starts_in=-timedelta(hours=1))
    response = api(patient).get(url(booking, "join-meeting"))
    assert (response.status_code, error_of(response)["code"]) == (400, "too_late")


def test_in_person_there_is_nothing_to_join(service):
    booking = make_confirmed(make_service(service.professional, modality="in_person", price=0))
    response = api(service.professional.user).get(url(booking, "join-meeting"))
    assert (response.status_code, error_of(response)["code"]) == (400, "no_meeting")
    status = api(service.professional.user).get(url(booking, "meeting-status")).json()
    assert (status["meeting_status"], status["room"], status["can_join"]) == (None, None, False)


@pytest.mark.parametrize(("method", "verb"), [("get", "join-meeting"), ("post", "start-meeting")])
def test_outsiders_may_not_join(booking, method, verb):
    for outsider in (make_user(), make_professional().user, make_user(role="it_admin")):
        response = getattr(api(outsider), method)(url(booking, verb))
        assert response.status_code == 403
        assert error_of(response)["detail"] == "Not authorized to join this meeting"
    assert getattr(api(), method)(url(booking, verb)).status_code == 401
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_the_clock_starts_once_for_both(booking, patient):
    first = api(patient).post(url(booking, "start-meeting"))
    assert first.status_code == 200
    body = first.json()
    assert (body["status"], body["meeting_status"]) == ("in_progress", "active")
    assert 17 * MINUTE < body["remaining_ms"] <= 18 * MINUTE
    assert body["meeting_start_time"].endswith("Z")
    second = api(booking.professional.user).post(url(booking, "start-meeting")).json()
    assert second["meeting_start_time"] == body["meeting_start_time"]
    assert second["meeting_end_time"] == body["meeting_end_time"]
    assert second["remaining_ms"] <= body["remaining_ms"]


def test_only_one_meeting_in_progress(booking, service, patient):
    api(patient).post(url(booking, "start-meeting"))
    other = make_confirmed(
        service, start=booking.ends_at.replace(second=0, microsecond=0) + _to_grid(booking)
    )
    open_window_beside(other)
    response = api(service.professional.user).post(url(other, "start-meeting"))
    assert (response.status_code, error_of(response)["code"]) == (400, "max_meetings")


def _to_grid(booking):
    return timedelta(minutes=20 - booking.ends_at.minute % 10)


def open_window_beside(booking):
    """Its room is open, though its time has not come."""
    booking.meeting.opens_at -= timedelta(hours=2)
    booking.meeting.save()


def test_the_professional_ends_it(booking, patient):
    professional = booking.professional.user
    early = api(professional).post(url(booking, "end-meeting"))
    assert (early.status_code, error_of(early)["code"]) == (400, "wrong_state")
    api(patient).post(url(booking, "start-meeting"))
    ended = api(professional).post(url(booking, "end-meeting")).json()
    assert (ended["status"], ended["meeting_status"]) == ("completed", "completed")
    assert api(professional).post(url(booking, "end-meeting")).status_code == 200
    response = api(patient).get(url(booking, "join-meeting"))
    assert error_of(response)["detail"] == "Meeting is not ready to join. Current status: completed"


def test_status_tells_the_clock(booking, patient):
    waiting = api(patient).get(url(booking, "meeting-status")).json()
    assert (waiting["booking_status"], waiting["remaining_ms"]) == ("confirmed", None)
    assert waiting["present"] == []
    api(patient).post(url(booking, "start-meeting"))
    running = api(patient).get(url(booking, "meeting-status")).json()
    assert (running["meeting_status"], running["can_join"]) == ("active", True)
    assert 0 < running["remaining_ms"] <= 18 * MINUTE
    assert running["meeting_start_time"] < running["now"] < running["meeting_end_time"]


def test_status_is_for_the_two_of_them(booking):
    for outsider in (make_user(), make_professional().user):
        assert api(outsider).get(url(booking, "meeting-status")).status_code == 404
