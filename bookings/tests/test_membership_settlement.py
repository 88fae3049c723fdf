"""A membership begins with its money: once, now or where the last one ends, and late money too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import services
from bookings.models import Membership
from bookings.services.memberships import let_go
from bookings.services.plans import offer_plan
from bookings.tests.factories import utc
from bookings.tests.members import DOCTOR, bought, make_member, make_plan, pay_for
from core.models import AuditEvent, OutboxEvent
from payments.models import Payment, Refund

pytestmark = pytest.mark.django_db
NOW = utc(2027, 1, 31, 15)


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


def settle(membership):
    services.membership_settled(pay_for(membership).pk)
    membership.refresh_from_db()
    return membership


def test_it_begins_now_and_lasts_its_months_and_twice_told_changes_nothing():
    membership = bought(make_member(), make_plan(months=1))
    assert (membership.starts_at, membership.ends_at) == (NOW, utc(2027, 2, 28, 15))
    assert membership.next_notice_at == membership.ends_at - timedelta(days=7)
    services.membership_settled(Payment.objects.get().pk)
    again = Membership.objects.get()
    assert (again.starts_at, again.ends_at) == (membership.starts_at, membership.ends_at)
    assert OutboxEvent.objects.filter(topic="MembershipStarted").count() == 1
    assert AuditEvent.objects.filter(action="membership.started").count() == 1


def test_bought_again_it_goes_on_where_the_last_one_ends():
    luz, plan = make_member(), make_plan(months=1)
    first, second, third = (bought(luz, plan) for _n in range(3))
    assert second.starts_at == first.ends_at
    assert third.starts_at == second.ends_at
    assert third.ends_at == utc(2027, 4, 30, 15)  # not the 28th


def test_after_the_end_it_begins_when_it_is_paid(time_machine):
    luz, plan = make_member(), make_plan(months=1)
    bought(luz, plan)
    time_machine.move_to(utc(2027, 5, 1, 8), tick=False)
    assert bought(luz, plan).starts_at == utc(2027, 5, 1, 8)


def test_money_that_comes_after_the_sale_was_ended_begins_it_all_the_same():
    luz, plan = make_member(), make_plan()
    membership = services.subscribe(user=luz, plan_id=plan.pk)
    offer_plan(professional=plan.professional, plan_id=plan.pk, offered=False, actor=DOCTOR)
    membership.refresh_from_db()
    assert membership.cancelled_at is not None
    assert Payment.objects.get().status == "closed"
    settle(membership)
    assert (membership.starts_at, membership.cancelled_at) == (NOW, None)


def test_late_money_and_a_new_one_are_two_in_a_row():
    luz, plan = make_member(), make_plan()
    late = services.subscribe(user=luz, plan_id=plan.pk)
    assert let_go(late.pk)
    new = bought(luz, plan)
    assert settle(late).starts_at == new.ends_at


def test_what_is_paid_is_not_let_go():
    membership = services.subscribe(user=make_member(), plan_id=make_plan().pk)
    pay_for(membership)
    assert not let_go(membership.pk)
    membership.refresh_from_db()
    assert membership.cancelled_at is None


@pytest.mark.parametrize("gone", ["practice", "patient"])
def test_where_nobody_is_left_late_money_goes_back(gone):
    luz, plan = make_member(), make_plan()
    membership = services.subscribe(user=luz, plan_id=plan.pk)
    let_go(membership.pk)
    if gone == "practice":
        plan.professional.user.is_active = False
        plan.professional.user.save()
    else:
        luz.closed_at, luz.is_active = timezone.now(), False
        luz.save()
    settle(membership)
    services.membership_settled(Payment.objects.get().pk)
    membership.refresh_from_db()
    assert membership.starts_at is None and membership.cancelled_at is not None
    assert Refund.objects.get().amount == plan.price
    assert OutboxEvent.objects.filter(topic="MembershipCancelled").count() == 1
