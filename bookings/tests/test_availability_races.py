"""Real threads on real PostgreSQL: hours and time off never overlap, whoever is at it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.utils import timezone

from bookings import services
from bookings.models import AvailabilityBlock, TimeOff
from bookings.selectors import next_free_slots
from bookings.services.availability import add_block, add_weekly_blocks
from bookings.services.booking import PatientDetails
from bookings.services.time_off import add_time_off
from bookings.tests.factories import PATIENT, make_professional, make_service
from bookings.tests.test_races import race
from core.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)
DOCTOR = Actor("professional")


def test_two_overlapping_openings_at_once_have_one_winner():
    practice = make_professional()
    outcome = race(
        [
            lambda hour=hour: add_block(
                professional=practice, actor=DOCTOR, weekday=6, starts=time(hour), ends=time(hour + 3)
            )
            for hour in (9, 10, 11, 9)
        ]
    )
    assert outcome == {"ok": 1, "overlap": 3}


def test_several_days_at_once_are_all_or_none():
    practice = make_professional()
    outcome = race(
        [
            lambda days=days: add_weekly_blocks(
                professional=practice, actor=DOCTOR, weekdays=days, starts=time(18), ends=time(20)
            )
            for days in ([1, 2, 3], [3, 2, 1], [3, 4], [2, 5])
        ]
    )
    assert outcome["overlap"] + outcome["ok"] == 4
    evenings = AvailabilityBlock.objects.filter(professional=practice, starts=time(18))
    assert evenings.count() in {3, 4}


def test_two_overlapping_times_off_at_once_have_one_winner():
    practice = make_professional()
    begin = timezone.now().replace(second=0, microsecond=0) + timedelta(days=1)
    outcome = race(
        [
            lambda hour=hour: add_time_off(
                professional=practice,
                actor=DOCTOR,
                starts_at=begin + timedelta(hours=hour),
                ends_at=begin + timedelta(hours=hour + 4),
            )
            for hour in range(4)
        ]
    )
    assert outcome == {"ok": 1, "overlap": 3}
    assert TimeOff.objects.count() == 1


def test_time_off_and_a_booking_for_the_same_hour():
    """Whoever is first: either the booking is refused, or the time off tells it lies inside. Nothing breaks."""
    service = make_service(make_professional(always_open=True), price=0)
    start = next_free_slots(service=service, count=1)[0]

    def book(number):
        return lambda: services.book(
            service=service,
            starts_at=start,
            patient=PatientDetails(name="Ana", email=f"p{number}@example.org"),
            actor=PATIENT,
        )

    def away():
        add_time_off(
            professional=service.professional,
            actor=DOCTOR,
            starts_at=start,
            ends_at=start + timedelta(hours=1),
        )

    outcome = race([book(1), away, book(2)])
    assert set(outcome) <= {"ok", "slot_taken", "slot_not_available"}
    assert TimeOff.objects.count() == 1
