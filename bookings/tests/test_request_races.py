"""Real threads on real PostgreSQL: one wish, one answer; and no more wishes than one person may have."""

from __future__ import annotations

import pytest

from bookings import services
from bookings.models import Booking, BookingRequest
from bookings.selectors import next_free_slots
from bookings.tests.factories import make_professional, make_request, make_service
from bookings.tests.test_races import race
from core.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)
DOCTOR = Actor("professional")


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


def accept(wish, start):
    return lambda: services.accept_request(
        request_id=wish.pk, service=wish.service, starts_at=start, actor=DOCTOR
    )


def test_a_wish_accepted_many_times_at_once_is_one_booking(service):
    wish = make_request(service)
    starts = next_free_slots(service=service, count=50)[::7]
    outcome = race([accept(wish, start) for start in starts])
    assert outcome == {"ok": 1, "wrong_state": len(starts) - 1}
    wish.refresh_from_db()
    assert Booking.objects.get().pk == wish.booking_id


def test_accepted_and_declined_at_once_it_is_one_of_both(service):
    wish = make_request(service)
    start = next_free_slots(service=service, count=1)[0]
    outcome = race(
        [accept(wish, start), lambda: services.reject_request(request_id=wish.pk, actor=DOCTOR)] * 4
    )
    assert outcome == {"ok": 1, "wrong_state": 7}
    wish.refresh_from_db()
    assert Booking.objects.count() == (wish.status == "accepted")


def test_many_wishes_of_one_person_at_once_are_three(service):
    outcome = race([lambda: make_request(service, email="luz@example.org") for _n in range(8)])
    assert outcome == {"ok": 3, "too_many_requests": 5}
    assert BookingRequest.objects.count() == 3
