"""Holds and requests end when the database's clock says so, once, whoever was down meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from bookings import services
from bookings.models import Booking
from bookings.tests.factories import make_booking, make_confirmed
from bookings.tests.test_settlement import settled
from core.errors import Refused
from payments.models import Refund
from payments.selectors import payment_of

pytestmark = pytest.mark.django_db


def test_a_hold_that_is_over_expires_and_frees_the_time():
    booking = make_booking()
    Booking.objects.update(hold_ends_at=Now() - timedelta(seconds=1))
    assert services.sweep() == 1
    assert services.sweep() == 0
    assert Booking.objects.get().status == "expired"
    assert payment_of("booking", booking.pk).status == "closed"
    assert make_booking(booking.service, start=booking.starts_at)


def test_a_hold_that_runs_is_left_alone():
    make_booking()
    assert services.sweep() == 0


def test_a_request_nobody_answered_expires_with_a_full_refund():
    booking = settled(make_booking())
    Booking.objects.update(answer_due_at=Now() - timedelta(seconds=1))
    assert services.sweep() == 1
    assert Booking.objects.get().status == "expired"
    assert Refund.objects.get().amount == booking.price


def test_what_was_paid_or_accepted_meanwhile_does_not_expire():
    """The sweep saw it due, and somebody was faster."""
    for booking in (settled(make_booking()), make_confirmed()):
        with pytest.raises(Refused) as refusal:
            services.expire(booking_id=booking.pk)
        assert refusal.value.code in {"not_due", "wrong_state"}
        assert Booking.objects.get(pk=booking.pk).status == booking.status
