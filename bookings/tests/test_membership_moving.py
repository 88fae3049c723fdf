"""A patient moves an appointment at a member's price within the membership, and not out of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import services
from bookings.models import Membership
from bookings.selectors import next_free_slots
from bookings.tests.factories import PATIENT, make_professional, make_service
from bookings.tests.members import DOCTOR, booked, bought, make_member, make_plan
from core.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True, horizon_days=200))


def move(booking, after, actor=PATIENT):
    start = next_free_slots(service=booking.service, after=after, count=1)[0]
    return services.reschedule(booking_id=booking.pk, starts_at=start, actor=actor)


def test_inside_it_moves_as_any_other(service):
    luz = make_member()
    membership = bought(luz, make_plan(service))
    moved = move(booked(luz, service), membership.ends_at - timedelta(days=2))
    assert (moved.price, moved.membership) == (0, membership)


def test_out_of_it_it_stays_where_it_is_unless_the_practice_moves_it(service):
    luz = make_member()
    membership = bought(luz, make_plan(service))
    booking = booked(luz, service)
    with pytest.raises(Refused) as refused:
        move(booking, membership.ends_at)
    assert refused.value.code == "outside_membership"
    moved = move(booking, membership.ends_at, DOCTOR)
    assert (moved.price, moved.membership) == (0, membership)


def test_into_the_one_that_goes_on_it_counts_there(service):
    luz, plan = make_member(), make_plan(service, times=1)
    first, second = bought(luz, plan), bought(luz, plan)
    moved = move(booked(luz, service), second.starts_at + timedelta(hours=1))
    assert moved.membership == second
    again = booked(luz, service)
    assert again.membership == first
    with pytest.raises(Refused):
        move(again, second.starts_at + timedelta(days=1))


def test_after_the_money_went_back_it_moves_within_the_old_time(service):
    luz = make_member()
    membership = bought(luz, make_plan(service))
    booking = booked(luz, service)
    Membership.objects.update(cancelled_at=timezone.now())
    assert move(booking, membership.ends_at - timedelta(days=1)).membership == membership


def test_it_keeps_to_its_own_membership_though_another_one_was_bought_after_the_money_went_back(service):
    luz, plan = make_member(), make_plan(service, times=1)
    for _n in range(4):
        old = bought(luz, plan)
        booking = booked(luz, service)
        Membership.objects.update(cancelled_at=timezone.now())
        bought(luz, plan)
        assert move(booking, old.ends_at - timedelta(days=3)).membership == old
        Membership.objects.update(cancelled_at=timezone.now())
        services.cancel(booking_id=booking.pk, actor=DOCTOR)
