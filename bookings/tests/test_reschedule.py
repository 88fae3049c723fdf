"""Moving a booking to another time: who is asked again, and what stays."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bookings import services
from bookings.models import AvailabilityBlock, Booking, BookingPolicy, Service
from bookings.selectors import next_free_slots
from bookings.tests.factories import PATIENT, make_booking, make_confirmed, make_professional, make_service
from bookings.tests.test_settlement import settled
from core.actor import Actor
from core.errors import Conflict, NotAllowed, Refused
from core.models import OutboxEvent

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")


def a_free_time(booking: Booking, *, number: int = 10):
    return next_free_slots(service=booking.service, count=number)[-1]


def move(booking: Booking, actor: Actor, **to):
    starts_at = to.get("starts_at") or a_free_time(booking)
    return services.reschedule(booking_id=booking.pk, starts_at=starts_at, actor=actor)


def confirmed(**policy) -> Booking:
    return make_confirmed(make_service(make_professional(always_open=True, **policy), price=0))


def test_the_patient_moves_it_and_the_professional_is_asked_again():
    booking = confirmed()
    moved = move(booking, PATIENT)
    assert moved.status == "waiting_for_professional"
    assert moved.accepted_at is None and moved.answer_due_at is not None
    assert moved.starts_at > booking.starts_at
    assert moved.ends_at - moved.starts_at == booking.ends_at - booking.starts_at


def test_with_automatic_acceptance_it_stays_confirmed():
    moved = move(confirmed(auto_accept=True), PATIENT)
    assert moved.status == "confirmed" and moved.accepted_at is not None


def test_the_professional_moves_it_and_it_stays_confirmed():
    assert move(confirmed(), DOCTOR).status == "confirmed"


def test_the_room_moves_along_and_stays_the_same():
    booking = confirmed()
    moved = move(booking, DOCTOR)
    meeting = moved.meeting
    meeting.refresh_from_db()
    assert meeting.room == booking.meeting.room
    assert meeting.opens_at == moved.starts_at - timedelta(minutes=10)
    assert meeting.closes_at == moved.ends_at


def test_what_was_paid_stays_paid():
    booking = settled(make_booking(make_service(make_professional(always_open=True))))
    assert move(booking, PATIENT).price == booking.price
    assert not OutboxEvent.objects.filter(topic="AppointmentCancelled").exists()


def test_to_overlap_its_own_old_time_is_no_conflict():
    booking = confirmed()
    to = booking.starts_at + timedelta(minutes=10)
    assert move(booking, DOCTOR, starts_at=to).starts_at == to


def test_a_taken_time_answers_with_free_ones_and_changes_nothing():
    booking = confirmed()
    other = make_booking(booking.service)
    with pytest.raises(Conflict) as conflict:
        move(booking, PATIENT, starts_at=other.starts_at)
    assert conflict.value.code == "slot_taken" and conflict.value.extra["next_slots"]
    assert Booking.objects.get(pk=booking.pk).starts_at == booking.starts_at


def test_a_closed_time_is_refused():
    with pytest.raises(Refused) as refusal:
        booking = confirmed()
        move(booking, PATIENT, starts_at=booking.starts_at - timedelta(days=2))
    assert refusal.value.code == "slot_not_available"


@pytest.mark.parametrize("verb", ["cancel", "reject"])
def test_what_is_over_does_not_move(verb):
    booking = make_booking(make_service(make_professional(always_open=True), price=0))
    getattr(services, verb)(booking_id=booking.pk, actor=DOCTOR)
    with pytest.raises(Refused) as refusal:
        move(booking, PATIENT)
    assert refusal.value.code == "wrong_state"


def test_an_unpaid_hold_does_not_move():
    booking = make_booking(make_service(make_professional(always_open=True)))
    with pytest.raises(Refused) as refusal:
        move(booking, PATIENT)
    assert refusal.value.code == "wrong_state"


def test_the_length_that_was_booked_counts_whatever_became_of_the_service():
    booking = make_confirmed(make_service(make_professional(), price=0, duration_minutes=30))
    Service.objects.update(duration_minutes=10)
    AvailabilityBlock.objects.update(ends=time(9, 10))
    day = booking.starts_at + timedelta(days=7)
    nine = day.astimezone(booking.professional.zone).replace(hour=9, minute=0, second=0, microsecond=0)
    with pytest.raises(Refused) as refusal:
        move(booking, DOCTOR, starts_at=nine)
    assert refusal.value.code == "slot_not_available"


def test_a_patient_does_not_move_into_a_practice_that_closed():
    booking = confirmed()
    to = a_free_time(booking)
    BookingPolicy.objects.update(allow_public_booking=False)
    with pytest.raises(NotAllowed):
        move(booking, PATIENT, starts_at=to)
