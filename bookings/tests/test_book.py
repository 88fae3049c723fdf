"""Booking a free start: what it makes, and what it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from bookings import services
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.services.booking import PatientDetails
from bookings.services.taking import races_in_words
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    utc,
)
from core.errors import Conflict, Missing, NotAllowed, Refused
from core.models import OutboxEvent
from payments.selectors import payment_of

pytestmark = pytest.mark.django_db


def ask(service, start, email="ana@example.org"):
    details = PatientDetails(name="Ana Ruiz", email=email)
    return services.book(service=service, starts_at=start, patient=details, actor=PATIENT)


def test_a_paid_service_holds_the_time_until_it_is_paid():
    booking = make_booking(reason="Dolor de cabeza")
    assert booking.status == "pending_payment"
    assert booking.hold_ends_at is not None
    payment = payment_of("booking", booking.pk)
    assert (payment.amount, payment.currency, payment.status) == (25000, "COP", "pending")
    stored = Booking.objects.select_related("patient__data_key").get(pk=booking.pk)
    assert stored.reason == "Dolor de cabeza"
    assert stored.patient.name == "Juan Pérez"


def test_a_free_service_asks_the_professional_at_once():
    booking = make_booking(make_service(make_professional(always_open=True), price=0))
    assert booking.status == "waiting_for_professional"
    assert payment_of("booking", booking.pk) is None


def test_auto_accept_confirms_a_free_service():
    booking = make_booking(make_service(make_professional(always_open=True, auto_accept=True), price=0))
    assert booking.status == "confirmed"


def test_the_room_is_never_guessable_and_opens_ten_minutes_before():
    booking = make_booking()
    assert booking.meeting.room.startswith(str(booking.professional_id)[-8:] + "-")
    assert booking.meeting.opens_at == booking.starts_at - timedelta(minutes=10)
    assert booking.meeting.closes_at == booking.ends_at
    assert booking.meeting.limit_minutes == 18


def test_a_meeting_is_never_longer_than_what_was_booked():
    service = make_service(make_professional(always_open=True), duration_minutes=10)
    assert make_booking(service).meeting.limit_minutes == 10


def test_in_person_needs_no_room():
    service = make_service(make_professional(always_open=True), modality="in_person")
    assert make_booking(service).meeting is None


def test_the_history_begins_and_the_event_carries_no_personal_data():
    booking = make_booking(name="Zoraida Único", email="zoraida@example.org")
    assert [event.verb for event in booking.events.all()] == ["book"]
    payload = OutboxEvent.objects.get(topic="AppointmentBooked").payload
    assert payload["booking_id"] == str(booking.pk)
    assert payload["is_initial_consultation"] is True
    assert "oraida" not in str(payload)


def test_a_taken_time_answers_with_the_next_free_ones():
    booking = make_booking()
    with pytest.raises(Conflict) as refusal:
        ask(booking.service, booking.starts_at)
    assert refusal.value.code == "slot_taken"
    assert refusal.value.extra["next_slots"] == next_free_slots(service=booking.service)
    assert Booking.objects.count() == 1


def test_a_person_is_not_in_two_places_at_once():
    first = make_booking(email="Ana@Example.org")
    elsewhere = make_service(make_professional(always_open=True))
    with pytest.raises(Conflict) as refusal:
        ask(elsewhere, first.starts_at, email="ana@example.org ")
    assert refusal.value.code == "patient_busy"


@time_machine.travel(utc(2026, 11, 23, 14, 0), tick=False)
@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (utc(2026, 11, 23, 13, 30), "past"),
        (utc(2026, 11, 23, 15, 0), "too_soon"),
        (utc(2027, 11, 23, 15, 0), "too_far"),
        (utc(2026, 11, 28, 15, 0), "closed"),
        (utc(2026, 11, 24, 15, 7), "off_grid"),
    ],
)
def test_a_start_against_the_rules_is_refused_by_name(start, reason):
    service = make_service(make_professional(minimum_notice_minutes=120))
    with pytest.raises(Refused) as refusal:
        ask(service, start)
    assert refusal.value.code == "slot_not_available"
    assert reason in refusal.value.extra["reasons"]
    assert not Booking.objects.exists()


def test_a_closed_practice_takes_no_bookings():
    service = make_service(make_professional(always_open=True))
    start = next_free_slots(service=service, count=1)[0]
    service.professional.policy.allow_public_booking = False
    service.professional.policy.save()
    with pytest.raises(NotAllowed):
        ask(service, start)


def test_a_withdrawn_service_is_gone():
    service = make_service(make_professional(always_open=True))
    start = next_free_slots(service=service, count=1)[0]
    service.is_active = False
    service.save()
    with pytest.raises(Missing):
        ask(service, start)


def test_a_person_who_comes_again_is_the_same_patient_and_another_name_is_another():
    service = make_service(make_professional(always_open=True), price=0)
    first = make_booking(service, email="casa@example.org", name="Luz Mar")
    again = make_booking(service, email="CASA@example.org", name="luz mar")
    child = make_booking(service, email="casa@example.org", name="Sol Mar")
    assert first.patient_id == again.patient_id != child.patient_id


def test_the_hold_never_outlives_the_appointment():
    service = make_service(make_professional(always_open=True), duration_minutes=10)
    booking = make_booking(service)
    assert timezone.now() < booking.hold_ends_at <= booking.ends_at


def test_buffers_are_kept_between_appointments():
    service = make_service(
        make_professional(always_open=True), price=0, duration_minutes=20, buffer_after_minutes=20
    )
    first = make_confirmed(service)
    following = next_free_slots(service=service, count=1, after=first.starts_at)[0]
    assert following >= first.ends_at + timedelta(minutes=20)


def test_nobody_keeps_a_whole_day_unpaid():
    service = make_service(make_professional(always_open=True))
    for _n in range(3):
        make_booking(service, email="many@example.org")
    with pytest.raises(Refused) as refusal:
        make_booking(service, email="MANY@example.org")
    assert refusal.value.code == "too_many_holds"
    assert make_booking(make_service(service.professional, price=0), email="many@example.org")


@pytest.mark.parametrize(("model", "change"), [("professional", "is_listed"), ("user", "is_active")])
def test_who_left_takes_no_bookings(model, change):
    service = make_service(make_professional(always_open=True))
    start = next_free_slots(service=service)[0]
    left = service.professional if model == "professional" else service.professional.user
    setattr(left, change, False)
    left.save()
    with pytest.raises(Missing):
        ask(service, start)


def test_what_has_nothing_to_do_with_who_was_first_is_no_conflict():
    service, error = make_service(make_professional()), IntegrityError("another constraint")
    with pytest.raises(IntegrityError) as raised, races_in_words(service, timezone.now()):
        raise error
    assert raised.value is error
