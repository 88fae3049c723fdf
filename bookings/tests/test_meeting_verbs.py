"""The booking while its time runs: start, finish, no-show, and the window that closes by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import override

from bookings import services
from bookings.models import Booking
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    open_window,
)
from bookings.tests.test_settlement import settled
from core import outbox
from core.actor import Actor
from core.errors import Refused
from meetings.models import Meeting, Participant
from meetings.tasks import close_due
from payments.models import Refund

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")


def confirmed(**service) -> Booking:
    return open_window(
        make_confirmed(make_service(make_professional(always_open=True), **{"price": 0} | service))
    )


def came(booking: Booking, role: str) -> None:
    Participant.objects.filter(meeting=booking.meeting, role=role).update(first_joined_at=timezone.now())


def over(booking: Booking) -> Booking:
    open_window(booking, starts_in=-(booking.ends_at - booking.starts_at) - timedelta(seconds=1))
    services.sweep()
    return Booking.objects.get(pk=booking.pk)


def test_the_clock_starts_once_for_both():
    booking = confirmed()
    first = services.start(booking_id=booking.pk, actor=PATIENT)
    second = services.start(booking_id=booking.pk, actor=DOCTOR)
    assert first.status == second.status == "in_progress"
    assert first.meeting.ends_at - first.meeting.started_at == timedelta(minutes=18)
    assert second.meeting.ends_at == first.meeting.ends_at


def test_before_the_professional_accepted_nobody_starts():
    booking = open_window(make_booking(make_service(make_professional(always_open=True), price=0)))
    with override("en"), pytest.raises(Refused) as refusal:
        services.start(booking_id=booking.pk, actor=PATIENT)
    assert str(refusal.value) == "Meeting is not ready to join. Current status: waiting_for_professional"


@pytest.mark.parametrize(("minutes", "code"), [(11, "too_early"), (-31, "too_late")])
def test_outside_its_window_the_room_is_closed(minutes, code):
    booking = open_window(confirmed(), starts_in=timedelta(minutes=minutes))
    with pytest.raises(Refused) as refusal:
        services.start(booking_id=booking.pk, actor=PATIENT)
    assert refusal.value.code == code


def test_one_meeting_at_a_time():
    booking = confirmed()
    services.start(booking_id=booking.pk, actor=DOCTOR)
    next_one = make_confirmed(booking.service)
    next_one.meeting.opens_at = timezone.now() - timedelta(minutes=1)
    next_one.meeting.save()
    with pytest.raises(Refused) as refusal:
        services.start(booking_id=next_one.pk, actor=DOCTOR)
    assert refusal.value.code == "max_meetings"


def running() -> Booking:
    """Both are there."""
    booking = confirmed()
    services.start(booking_id=booking.pk, actor=DOCTOR)
    return services.start(booking_id=booking.pk, actor=PATIENT)


def test_at_eighteen_minutes_the_sweep_closes_it_whoever_was_down():
    booking = running()
    Meeting.objects.update(ends_at=Now() - timedelta(minutes=3))
    close_due()
    outbox.deliver_due()
    booking = Booking.objects.get(pk=booking.pk)
    assert booking.status == "completed"
    assert (booking.meeting.state, booking.meeting.end_reason) == ("ended", "limit")


def test_the_professional_ends_it_for_both_and_twice_is_once():
    booking = running()
    services.finish(booking_id=booking.pk, actor=DOCTOR)
    services.finish(booking_id=booking.pk, actor=DOCTOR)
    outbox.deliver_due()
    assert [event.verb for event in booking.events.all()] == ["book", "settle", "accept", "start", "finish"]


def test_nobody_came():
    booking = over(open_window(make_paid()))
    assert booking.status == "expired"
    assert Refund.objects.get().amount == booking.price


def test_only_the_professional_came():
    booking = make_paid()
    came(booking, "professional")
    assert over(booking).status == "no_show"
    assert not Refund.objects.exists()


def test_only_the_patient_came():
    booking = make_paid()
    came(booking, "patient")
    booking = over(booking)
    assert (booking.status, booking.cancelled_by) == ("cancelled", "professional")
    assert Refund.objects.get().amount == booking.price


def make_paid() -> Booking:
    booking = settled(make_booking())
    return services.accept(booking_id=booking.pk, actor=DOCTOR)


def test_no_show_waits_for_the_grace():
    booking = open_window(confirmed(), starts_in=timedelta(minutes=-5))
    with pytest.raises(Refused) as refusal:
        services.mark_no_show(booking_id=booking.pk, actor=DOCTOR)
    assert refusal.value.code == "too_early"
    booking = open_window(booking, starts_in=timedelta(minutes=-11))
    assert services.mark_no_show(booking_id=booking.pk, actor=DOCTOR).status == "no_show"


def test_in_person_is_finished_by_hand_once_it_began():
    booking = make_confirmed(make_service(make_professional(always_open=True), price=0, modality="in_person"))
    with pytest.raises(Refused):
        services.finish(booking_id=open_window(booking, starts_in=timedelta(hours=1)).pk, actor=DOCTOR)
    open_window(booking, starts_in=timedelta(minutes=-1))
    assert services.finish(booking_id=booking.pk, actor=DOCTOR).status == "completed"


def test_a_paid_meeting_is_not_completed_by_one_side_alone():
    booking = open_window(make_paid())
    services.start(booking_id=booking.pk, actor=DOCTOR)
    ended = services.finish(booking_id=booking.pk, actor=DOCTOR)
    assert (ended.status, ended.meeting.state) == ("confirmed", "waiting")
    assert over(booking).status == "no_show"


def test_a_patient_who_started_alone_gets_the_money_back():
    booking = open_window(make_paid())
    services.start(booking_id=booking.pk, actor=PATIENT)
    Meeting.objects.update(ends_at=Now() - timedelta(seconds=1))
    close_due()
    outbox.deliver_due()
    booking = over(Booking.objects.select_related("meeting").get(pk=booking.pk))
    assert (booking.status, booking.absent) == ("cancelled", "professional")
    assert Refund.objects.get().amount == booking.price


def test_a_patient_in_the_room_is_no_no_show():
    booking = open_window(make_paid(), starts_in=timedelta(minutes=-11))
    came(booking, "patient")
    with pytest.raises(Refused) as refusal:
        services.mark_no_show(booking_id=booking.pk, actor=DOCTOR)
    assert refusal.value.code == "patient_came"


def test_the_next_patient_waits_for_a_professional_who_is_finishing():
    first = running()
    booking = make_confirmed(first.service)
    came(booking, "patient")
    booking = over(booking)
    assert booking.status == "confirmed"
    assert booking.meeting.closes_at > first.meeting.ends_at
    services.finish(booking_id=first.pk, actor=DOCTOR)
    assert services.start(booking_id=booking.pk, actor=DOCTOR).status == "in_progress"
