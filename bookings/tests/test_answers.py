"""The professional answers: accept, reject, and the limit of meetings."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.translation import override

from bookings import services
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.tests.factories import make_booking, make_confirmed, make_professional, make_service, utc
from bookings.tests.test_settlement import settled
from core.actor import Actor
from core.errors import Refused
from payments.models import Refund

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0, duration_minutes=20)


def test_accepting_confirms_and_says_when(service):
    booking = services.accept(booking_id=make_booking(service).pk, actor=DOCTOR)
    assert booking.status == "confirmed"
    assert booking.accepted_at is not None


def test_a_second_answer_is_refused(service):
    booking = make_confirmed(service)
    with pytest.raises(Refused) as refusal:
        services.accept(booking_id=booking.pk, actor=DOCTOR)
    assert refusal.value.code == "wrong_state"


def test_rejecting_frees_the_time_and_gives_the_money_back():
    booking = settled(make_booking())
    rejected = services.reject(booking_id=booking.pk, actor=DOCTOR, reason="Out of my field")
    assert rejected.status == "rejected"
    assert rejected.meeting.__class__.objects.get(pk=rejected.meeting_id).state == "void"
    assert Refund.objects.get().amount == 25000
    assert make_booking(booking.service, start=booking.starts_at)


def room_is_open(booking: Booking) -> Booking:
    assert booking.meeting is not None
    booking.meeting.opens_at = timezone.now() - timedelta(minutes=1)
    booking.meeting.save()
    return booking


def test_one_meeting_may_wait_now_and_no_second(service):
    room_is_open(make_confirmed(service))
    second = room_is_open(make_booking(service))
    with override("en"), pytest.raises(Refused) as refusal:
        services.accept(booking_id=second.pk, actor=DOCTOR)
    assert refusal.value.code == "max_meetings"
    assert str(refusal.value) == "Professional already has maximum meetings"
    assert Booking.objects.get(pk=second.pk).status == "waiting_for_professional"


def test_bookings_for_later_are_not_limited(service):
    room_is_open(make_confirmed(service))
    later = next_free_slots(service=service, count=20)[-1]
    assert (
        services.accept(booking_id=make_booking(service, start=later).pk, actor=DOCTOR).status == "confirmed"
    )


@time_machine.travel(utc(2026, 11, 23, 12, 1), tick=False)
def test_auto_accept_leaves_the_second_one_that_would_wait_now_to_the_professional():
    professional = make_professional(always_open=True, auto_accept=True, step_minutes=5)
    service = make_service(professional, price=0, duration_minutes=5)
    statuses = [make_booking(service).status for _n in range(3)]
    assert statuses == ["confirmed", "waiting_for_professional", "confirmed"]
