"""What was booked is judged as it was booked, whatever became of its service since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import services
from bookings.models import AvailabilityBlock, Booking, BookingPolicy, TimeOff
from bookings.services.settlement import payment_settled
from bookings.tests.factories import (
    PATIENT,
    hold_over,
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    utc,
)
from core.actor import Actor
from core.errors import Conflict, Refused
from payments.selectors import payment_of

pytestmark = pytest.mark.django_db
NOW = utc(2026, 11, 20, 12)
MONDAY = utc(2026, 11, 23, 14)
DOCTOR = Actor("professional")


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def late(booking) -> str:
    payment_settled(payment_of("booking", booking.pk).pk)
    booking.refresh_from_db()
    return booking.status


def test_late_money_finds_a_time_that_is_free_for_the_length_booked():
    service = make_service(make_professional(auto_accept=True))
    booking = hold_over(make_booking(service, start=MONDAY))
    make_booking(service, start=MONDAY + timedelta(minutes=30))
    service.duration_minutes = 60
    service.save()
    assert late(booking) == "confirmed"


def test_late_money_does_not_come_back_into_time_off():
    service = make_service(make_professional(), duration_minutes=60)
    booking = hold_over(make_booking(service, start=MONDAY))
    TimeOff.objects.create(
        professional=service.professional,
        starts_at=MONDAY + timedelta(minutes=30),
        ends_at=MONDAY + timedelta(minutes=60),
    )
    service.duration_minutes = 30
    service.save()
    assert late(booking) == "expired"


def test_the_modality_that_was_booked_decides_where_it_may_move():
    professional = make_professional()
    service = make_service(professional, price=0, modality="in_person")
    AvailabilityBlock.objects.update(modalities=["in_person"])
    booking = make_confirmed(service, start=MONDAY)
    service.modality = "video"
    service.save()
    moved = services.reschedule(booking_id=booking.pk, starts_at=MONDAY + timedelta(hours=1), actor=PATIENT)
    assert moved.starts_at == MONDAY + timedelta(hours=1)


def test_a_meeting_made_shorter_and_longer_again_has_its_limit_back():
    booking = make_confirmed(make_service(make_professional(), price=0), start=MONDAY)
    for minutes, limit in ((5, 5), (30, 18)):
        moved = services.reschedule(
            booking_id=booking.pk, starts_at=MONDAY, actor=DOCTOR, duration_minutes=minutes
        )
        assert moved.meeting_limit_minutes == moved.meeting.limit_minutes == limit


def test_who_moves_and_loses_the_race_reads_times_that_fit_this_booking():
    professional = make_professional(patients_only=False, step_minutes=10)
    service = make_service(professional, price=0)
    booking = make_confirmed(service, start=MONDAY + timedelta(minutes=30))
    make_booking(service, start=MONDAY)
    BookingPolicy.objects.update(patients_only=True)
    for actor in (PATIENT, DOCTOR):
        with pytest.raises(Conflict) as raised:
            services.reschedule(booking_id=booking.pk, starts_at=MONDAY + timedelta(minutes=10), actor=actor)
        # Its own time does not stand in its way.
        assert raised.value.extra["next_slots"][0] == MONDAY + timedelta(minutes=30)


def test_by_hand_too_appointments_start_at_a_whole_minute():
    booking = make_confirmed(make_service(make_professional(), price=0), start=MONDAY)
    with pytest.raises(Refused) as raised:
        services.reschedule(
            booking_id=booking.pk,
            starts_at=MONDAY + timedelta(hours=1, seconds=17),
            actor=DOCTOR,
            outside_hours=True,
        )
    assert raised.value.code == "seconds"


def test_what_is_over_is_not_rewritten_by_the_patient():
    booking = make_confirmed(make_service(make_professional(), price=0), start=MONDAY)
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    with pytest.raises(Refused) as raised:
        services.change_booking(booking_id=booking.pk, actor=PATIENT, reason="something else")
    assert raised.value.code == "wrong_state"
    assert Booking.objects.get().reason == ""
