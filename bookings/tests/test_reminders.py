"""When a patient is reminded: at the times the practice has chosen, as long as the booking is agreed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import services
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.services.reminders import next_reminder
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    utc,
)
from core.actor import Actor

DOCTOR = Actor("professional")
START = utc(2026, 11, 24, 15)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes", "now", "expected"),
    [
        ([1440, 60], START - 2 * DAY, START - DAY),
        ([60, 1440], START - 2 * DAY, START - DAY),
        ([1440, 60], START - DAY, START - HOUR),
        ([1440, 60], START - DAY + timedelta(seconds=1), START - HOUR),
        ([1440, 60], START - HOUR, None),
        ([1440, 60], START + HOUR, None),
        ([], START - DAY, None),
    ],
)
def test_the_next_time_is_the_earliest_that_is_still_to_come(minutes, now, expected):
    assert next_reminder(starts_at=START, reminder_minutes=minutes, now=now) == expected


def in_ten_days(service):
    free = next_free_slots(service=service, count=2000)
    return next(start for start in free if start > free[0] + 10 * DAY)


def kept(booking):
    return Booking.objects.get(pk=booking.pk)


@pytest.fixture
def service(db):
    return make_service(make_professional(always_open=True, reminder_minutes=[60, 1440]), price=0)


def test_only_what_is_agreed_has_a_reminder(service):
    booking = make_booking(service, start=in_ten_days(service))
    assert kept(booking).next_reminder_at is None
    services.accept(booking_id=booking.pk, actor=DOCTOR)
    assert kept(booking).next_reminder_at == booking.starts_at - DAY
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert kept(booking).next_reminder_at is None


def test_what_is_accepted_by_itself_too(service):
    service.professional.policy.auto_accept = True
    service.professional.policy.save()
    booking = make_booking(service, start=in_ten_days(service))
    assert kept(booking).next_reminder_at == booking.starts_at - DAY


def test_a_booking_agreed_late_has_the_times_that_are_left(service):
    soon = next_free_slots(service=service, count=1)[0]
    assert kept(make_confirmed(service, start=soon)).next_reminder_at is None


def test_a_moved_booking_is_reminded_of_by_its_new_start(service):
    booking = make_confirmed(service, start=in_ten_days(service))
    later = booking.starts_at + 2 * DAY
    services.reschedule(booking_id=booking.pk, starts_at=later, actor=DOCTOR)
    assert kept(booking).next_reminder_at == later - DAY


def test_one_that_has_to_be_accepted_again_waits_for_that(service):
    booking = make_confirmed(service, start=in_ten_days(service))
    services.reschedule(booking_id=booking.pk, starts_at=booking.starts_at + HOUR, actor=PATIENT)
    assert kept(booking).next_reminder_at is None
