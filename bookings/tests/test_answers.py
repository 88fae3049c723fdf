"""The professional answers: accept, reject, and the limit of meetings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from bookings import services
from bookings.models import Booking
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    open_window,
)
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


def test_one_meeting_may_wait_now_and_no_second(service):
    open_window(make_confirmed(service))
    second = open_window(make_booking(service), starts_in=timedelta(minutes=21))
    # Its room is not open yet: days ahead are not limited.
    second = open_window(second, starts_in=timedelta(minutes=20, seconds=30))
    services.accept(booking_id=second.pk, actor=DOCTOR)
    third = make_booking(service)
    Booking.objects.filter(pk=third.pk).update(status="waiting_for_professional")
    second = Booking.objects.get(pk=second.pk)
    second.meeting.opens_at -= timedelta(hours=1)
    second.meeting.save()
    third.meeting.opens_at -= timedelta(days=1)
    third.meeting.save()
    with override("en"), pytest.raises(Refused) as refusal:
        services.accept(booking_id=third.pk, actor=DOCTOR)
    assert (refusal.value.code, str(refusal.value)) == (
        "max_meetings",
        "Professional already has maximum meetings",
    )


def test_auto_accept_waits_for_the_professional_when_somebody_waits_already():
    service = make_service(
        make_professional(always_open=True, auto_accept=True), price=0, duration_minutes=10
    )
    open_window(make_booking(service), starts_in=timedelta(minutes=-5))
    soon = make_booking(service)
    expected = "waiting_for_professional" if soon.meeting.opens_at <= soon.created_at else "confirmed"
    assert soon.status == expected
