"""A practice moves appointments in its own calendar as it books them: its rules are its own, others' time is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import services
from bookings.models import Booking
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_booking, make_confirmed, make_professional, make_service, utc
from core.actor import Actor
from core.errors import Conflict, NotAllowed, Refused

pytestmark = pytest.mark.django_db
NOW = utc(2026, 11, 20, 12)
MONDAY = utc(2026, 11, 23, 14)
DOCTOR, PATIENT = Actor("professional"), Actor("patient")


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def service():
    return make_service(make_professional(), price=0, buffer_after_minutes=10)


@pytest.fixture
def booking(service):
    return make_confirmed(service, start=MONDAY)


def move(booking, start=MONDAY, actor=DOCTOR, **more):
    return services.reschedule(booking_id=booking.pk, starts_at=start, actor=actor, **more)


def test_notice_does_not_bind_the_practice_and_hours_only_until_it_says_so(booking):
    assert move(booking, utc(2026, 11, 20, 14)).starts_at == utc(2026, 11, 20, 14)
    with pytest.raises(Refused) as raised:
        move(booking, utc(2026, 11, 22, 14))
    assert raised.value.extra["reasons"] == ["closed"]
    assert move(booking, utc(2026, 11, 22, 14), outside_hours=True).status == "confirmed"


def test_notice_binds_the_patient(booking):
    with pytest.raises(Refused) as raised:
        move(booking, NOW + timedelta(minutes=60), actor=PATIENT, outside_hours=True)
    assert "too_soon" in raised.value.extra["reasons"]


def test_a_new_length_keeps_the_buffers_and_moves_the_room(booking):
    moved = move(booking, duration_minutes=60)
    assert moved.duration_minutes == 60
    assert moved.blocked_until == moved.ends_at + timedelta(minutes=10)
    assert moved.meeting.closes_at == moved.ends_at
    short = move(booking, duration_minutes=10)
    assert short.meeting_limit_minutes == short.meeting.limit_minutes == 10


def test_a_longer_one_never_runs_into_the_next(service, booking):
    make_booking(service, start=MONDAY + timedelta(minutes=60))
    with pytest.raises(Conflict) as raised:
        move(booking, duration_minutes=60, outside_hours=True)
    assert raised.value.code == "slot_taken"
    assert Booking.objects.get(pk=booking.pk).duration_minutes == 30


@pytest.mark.parametrize("minutes", [0, 7, 485])
def test_lengths_are_multiples_of_five(booking, minutes):
    with pytest.raises(Refused) as raised:
        move(booking, duration_minutes=minutes)
    assert (raised.value.code, raised.value.attr) == ("invalid_duration", "duration_minutes")


def test_the_length_is_not_the_patients_to_change(booking):
    with pytest.raises(NotAllowed):
        move(booking, MONDAY + timedelta(hours=1), actor=PATIENT, duration_minutes=60)


def test_over_the_api_the_professional_may_overrule_and_lengthen(booking):
    asked = {"start": "2026-11-22T14:00:00Z", "outside_hours": True, "duration_minutes": 45}
    url = f"/api/v1/bookings/{booking.pk}/reschedule"
    answer = api(booking.professional.user).post(url, asked, format="json")
    assert answer.status_code == 200 and answer.json()["duration_minutes"] == 45


def test_notes_are_the_practices_own(booking):
    url = f"/api/v1/bookings/{booking.pk}"
    doctor = api(booking.professional.user)
    answer = doctor.patch(
        url, {"notes": "Ask about sleep.\r\nBring tests.", "reason": "Insomnia"}, format="json"
    )
    assert (
        answer.json()["notes"] == "Ask about sleep.\nBring tests." and answer.json()["reason"] == "Insomnia"
    )
    assert doctor.get(url).json()["notes"] == "Ask about sleep.\nBring tests."
    too_long = doctor.patch(url, {"notes": "x" * 2001}, format="json")
    assert too_long.status_code == 400 and error_of(too_long)["attr"] == "notes"
    with pytest.raises(NotAllowed):
        services.change_booking(booking_id=booking.pk, actor=PATIENT, notes="mine")
