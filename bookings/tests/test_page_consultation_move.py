"""A practice moves a booking: among its own free times, or to any time typed by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bookings.models import TimeOff
from bookings.tests.factories import make_booking, make_confirmed, make_professional, make_service, utc

pytestmark = pytest.mark.django_db

# A Monday. The practice works from Monday to Friday, 9:00 to 17:00 in Bogotá (14:00 to 22:00 UTC).
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TUESDAY = utc(2026, 11, 24, 15, 0)
THURSDAY = utc(2026, 11, 26, 16, 0)
SUNDAY = utc(2026, 11, 29, 16, 0)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def service():
    return make_service(make_professional(auto_accept=True), price=0)


@pytest.fixture
def booking(service):
    return make_confirmed(service, start=TUESDAY, name="Begoña Muñoz")


@pytest.fixture
def doctor(client, service):
    client.force_login(service.professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def at(booking, start=None, **query):
    start = f"start={start:%Y-%m-%dT%H:%M:%SZ}" if start else ""
    more = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/doctor/consultations/{booking.pk}/move?{start}{'&' if start and more else ''}{more}"


def move(client, booking, start, **typed):
    response = client.post(at(booking, start), {"duration": booking.duration_minutes} | typed)
    booking.refresh_from_db()
    return response


def test_the_free_times_of_the_practice_are_offered_but_not_the_one_it_has(doctor, booking, service):
    make_booking(service, start=utc(2026, 11, 24, 17, 0))
    text = doctor.get(at(booking)).content.decode()
    assert "?start=2026-11-24T15:00:00Z" not in text
    assert "?start=2026-11-24T15:30:00Z" in text
    assert "?start=2026-11-24T17:00:00Z" not in text


def test_neither_notice_nor_horizon_matter(doctor, booking, service):
    policy = service.professional.policy
    policy.minimum_notice_minutes, policy.horizon_days = 43200, 1
    policy.save()
    assert "?start=2026-11-27T" in doctor.get(at(booking, day="2026-11-27")).content.decode()
    assert "?start=2027-05-05T" in doctor.get(at(booking, day="2027-05-05")).content.decode()


def test_a_time_typed_by_hand_is_the_practices_own(doctor, booking):
    response = doctor.get(at(booking, date="2026-11-26", time="11:00"))
    assert "start=2026-11-26T16%3A00%3A00Z" in response["Location"]


def test_what_is_typed_wrong_is_told_and_stays(doctor, booking):
    response = doctor.get(at(booking, date="2026-11-26", time="25:00"))
    assert response.status_code == 400
    assert 'value="25:00"' in response.content.decode()


def test_seconds_are_refused_where_they_are_typed(doctor, booking):
    form = doctor.get(at(booking, date="2026-11-26", time="09:00:15")).context["hand_form"]
    assert form.has_error("time", "seconds")
    assert doctor.get(at(booking, date="2026-11-26", time="09:00:00")).status_code == 302


def test_a_wall_time_that_the_clock_skips_is_told(client):
    service = make_service(make_professional(zone="America/New_York", auto_accept=True), price=0)
    client.force_login(service.professional.user)
    booking = make_confirmed(service, start=TUESDAY)
    text = client.get(at(booking, date="2027-03-14", time="02:30"), headers={"accept-language": "en"})
    assert "This time does not exist" in text.content.decode()


def test_the_confirmation_says_both_times_and_what_the_patient_will_read(doctor, booking):
    text = doctor.get(at(booking, THURSDAY)).content.decode()
    for words in ("Tuesday, November 24", "10:00", "Thursday, November 26", "11:00", booking.patient.email):
        assert words in text
    assert "outside_hours" not in text


def test_moving_keeps_the_reason_and_leads_back(doctor, booking):
    response = move(doctor, booking, THURSDAY, reason="Un viaje", next="/doctor/agenda/?week=2026-W48")
    assert response["Location"] == "/doctor/agenda/?week=2026-W48"
    assert (booking.starts_at, booking.move_reason) == (THURSDAY, "Un viaje")
    assert booking.status == "confirmed"


def test_a_booking_may_become_longer(doctor, booking):
    move(doctor, booking, TUESDAY, duration=45)
    assert booking.duration_minutes == 45


@pytest.mark.parametrize("duration", ["7", "", "900", "many"])
def test_a_length_that_is_none_is_told_and_the_reason_stays(doctor, booking, duration):
    response = move(doctor, booking, THURSDAY, duration=duration, reason="Un viaje")
    assert response.status_code == 400
    assert "Un viaje" in response.content.decode()
    assert booking.starts_at == TUESDAY


def test_outside_the_hours_it_takes_a_tick(doctor, booking):
    text = doctor.get(at(booking, SUNDAY)).content.decode()
    assert "It lies outside your hours." in text
    refused = move(doctor, booking, SUNDAY, reason="Un viaje")
    assert refused.status_code == 400
    assert "Please tick this" in refused.content.decode()
    assert "Un viaje" in refused.content.decode()
    assert booking.starts_at == TUESDAY
    move(doctor, booking, SUNDAY, outside_hours="on")
    assert booking.starts_at == SUNDAY


def test_time_off_is_named(doctor, booking, service):
    TimeOff.objects.create(
        professional=service.professional, starts_at=THURSDAY, ends_at=THURSDAY + timedelta(hours=1)
    )
    assert "You are away at this time." in doctor.get(at(booking, THURSDAY)).content.decode()


def test_a_taken_time_offers_the_next_free_ones_and_keeps_what_was_typed(doctor, booking, service):
    make_booking(service, start=THURSDAY)
    response = move(doctor, booking, THURSDAY, reason="Un viaje", outside_hours="on")
    text = response.content.decode()
    assert response.status_code == 409
    assert "Another appointment stands in the way" in text
    assert 'formaction="?start=2026-11-26T16:30:00Z' in text
    other = {"another": "1", "reason": "Un viaje", "duration": 30}
    again = doctor.post(at(booking, THURSDAY + timedelta(minutes=30)), other)
    assert again.status_code == 200
    assert "Un viaje" in again.content.decode()
    booking.refresh_from_db()
    assert booking.starts_at == TUESDAY


def test_the_patients_other_appointments_are_not_given_away(doctor, booking):
    elsewhere = make_service(make_professional(auto_accept=True), price=0)
    make_booking(elsewhere, start=THURSDAY, email=booking.patient.email)
    text = move(doctor, booking, THURSDAY).content.decode()
    assert "This time is not available." in text
    assert "another appointment" not in text.lower()
    assert "The next free times" in text


def test_an_appointment_that_began_is_not_moved(doctor, booking):
    with time_machine.travel(TUESDAY, tick=False):
        assert doctor.get(at(booking))["Location"] == f"/doctor/consultations/{booking.pk}/"


def test_an_address_elsewhere_is_no_way_back(doctor, booking):
    text = doctor.get(at(booking, THURSDAY, next="javascript:alert(1)")).content.decode()
    assert 'href="javascript:' not in text
