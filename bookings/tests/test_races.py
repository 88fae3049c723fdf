"""Real threads on real PostgreSQL: one time, one booking."""

from __future__ import annotations

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from bookings import services
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.services.booking import PatientDetails
from bookings.tests.factories import PATIENT, make_booking, make_professional, make_service
from core.actor import Actor
from core.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)


def race(calls):
    """Runs all at once; the outcome of each is `ok`, a domain code, or the name of what should not happen."""

    def run(call):
        try:
            call()
            return "ok"
        except DomainError as error:
            return error.code
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def book(service, start, email):
    return lambda: services.book(
        service=service, starts_at=start, patient=PatientDetails(name="Ana", email=email), actor=PATIENT
    )


def test_fifty_people_want_one_time():
    service = make_service(make_professional(always_open=True))
    start = next_free_slots(service=service, count=1)[0]
    outcome = race([book(service, start, f"p{n}@example.org") for n in range(50)])
    assert outcome == {"ok": 1, "slot_taken": 49}
    assert Booking.objects.count() == 1


def test_unequal_overlapping_wishes_leave_no_overlap():
    professional = make_professional(always_open=True)
    long, short = (make_service(professional, duration_minutes=minutes) for minutes in (60, 20))
    start = next_free_slots(service=long, count=1)[0]
    calls = [
        book(long if n % 2 else short, start + timedelta(minutes=10 * (n % 5)), f"p{n}@example.org")
        for n in range(20)
    ]
    outcome = race(calls)
    assert set(outcome) <= {"ok", "slot_taken"}
    taken = list(Booking.objects.order_by("starts_at").values_list("starts_at", "ends_at"))
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(taken))


def test_one_person_books_at_many_practices_at_once():
    practices = [make_service(make_professional(always_open=True)) for _n in range(8)]
    start = max(next_free_slots(service=service, count=1)[0] for service in practices)
    outcome = race([book(service, start, "one@example.org") for service in practices])
    assert outcome == {"ok": 1, "patient_busy": 7}


def test_accept_reject_and_cancel_at_once_have_one_winner():
    booking = make_booking(make_service(make_professional(always_open=True), price=0))
    Booking.objects.update(answer_due_at=Now())
    doctor = Actor("professional")
    outcome = race(
        [
            lambda: services.reject(booking_id=booking.pk, actor=doctor),
            lambda: services.expire(booking_id=booking.pk),
            lambda: services.reject(booking_id=booking.pk, actor=doctor),
            lambda: services.expire(booking_id=booking.pk),
        ]
    )
    assert outcome == {"ok": 1, "wrong_state": 3}
