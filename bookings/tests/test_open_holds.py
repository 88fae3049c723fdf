"""How many times one person holds at a practice without having paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.models import Booking
from bookings.selectors import open_holds_of
from bookings.tests.factories import make_booking, make_professional, make_service

pytestmark = pytest.mark.django_db


def test_unpaid_holds_of_the_same_address_are_counted_while_they_last(django_assert_num_queries):
    practice = make_professional(always_open=True)
    paid, free = make_service(practice), make_service(practice, price=0)
    first = make_booking(paid, email="laura@example.org")
    over = make_booking(paid, email="Laura@Example.org", name="Somebody Else")
    make_booking(free, email="laura@example.org")
    make_booking(paid, email="other@example.org")
    elsewhere = make_service(make_professional(always_open=True))
    make_booking(elsewhere, start=first.starts_at + timedelta(days=1), email="laura@example.org")
    with django_assert_num_queries(1):
        assert open_holds_of(practice.pk, first.patient_identity) == 2
    Booking.objects.filter(pk=over.pk).update(hold_ends_at=timezone.now() - timedelta(seconds=1))
    assert open_holds_of(practice.pk, first.patient_identity) == 1


def test_nobody_in_particular_holds_nothing():
    booking = make_booking()
    assert open_holds_of(booking.professional_id, "") == 0
