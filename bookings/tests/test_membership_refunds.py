"""Whoever has all their money back is no member any more; what they booked stays as it is."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings import services
from bookings.models import Membership
from bookings.selectors.memberships import member_terms
from bookings.tests.factories import make_professional, make_service
from bookings.tests.members import booked, bought, make_member, make_plan, pay_for
from core import outbox
from core.models import OutboxEvent
from payments.models import Attempt, Dispute, Payment, Refund
from payments.services import give_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True))


def give(amount=None):
    refund = give_back(
        payment_id=Payment.objects.get(subject_type="membership").pk,
        amount=amount,
        why="kindness",
        by=uuid.uuid4(),
        once=uuid.uuid4(),
    )
    Refund.objects.filter(pk=refund.pk).update(status="succeeded")
    tell("payment.refunded")


def tell(topic):
    payment = Payment.objects.get(subject_type="membership")
    event = outbox.publish(topic, {"payment_id": str(payment.pk)})
    for _n in range(20):
        outbox.deliver_events([event.pk])


def test_all_of_it_back_ends_it_and_its_bookings_keep_their_price(service):
    luz = make_member()
    membership = bought(luz, make_plan(service))
    booking = booked(luz, service)
    give()
    membership.refresh_from_db()
    assert membership.cancelled_at is not None and membership.next_notice_at is None
    assert member_terms(user=luz, service=service, starts_at=timezone.now()) is None
    booking.refresh_from_db()
    assert (booking.price, booking.membership) == (0, membership)
    assert OutboxEvent.objects.filter(topic="MembershipCancelled").count() == 1


def test_a_part_of_it_back_is_a_kindness(service):
    luz = make_member()
    bought(luz, make_plan(service))
    give(Decimal(1000))
    assert Membership.objects.get().cancelled_at is None
    give()
    assert Membership.objects.get().cancelled_at is not None


def test_a_lost_dispute_ends_it_and_a_won_one_does_not(service):
    bought(make_member(), make_plan(service))
    attempt = Attempt.objects.get()
    dispute = Dispute.objects.create(attempt=attempt, provider_id="d1", amount=attempt.amount, status="open")
    for status, ends in (("open", False), ("won", False), ("lost", True)):
        closed_at = None if status == "open" else timezone.now()
        Dispute.objects.filter(pk=dispute.pk).update(status=status, closed_at=closed_at)
        tell("payment.disputed")
        assert (Membership.objects.get().cancelled_at is not None) is ends


def test_money_that_went_back_before_we_were_told_of_it_begins_nothing(service):
    membership = services.subscribe(user=make_member(), plan_id=make_plan(service).pk)
    payment = pay_for(membership)
    give()
    services.membership_settled(payment.pk)
    membership.refresh_from_db()
    assert membership.starts_at is None and membership.cancelled_at is not None


def test_the_next_one_begins_where_the_last_one_that_counts_ends(service):
    luz, plan = make_member(), make_plan(service)
    first = bought(luz, plan)
    give()
    second = bought(luz, plan)
    first.refresh_from_db()
    assert second.starts_at < first.ends_at


def disputed(status):
    """A word of the gateway."""
    attempt = Attempt.objects.earliest("created_at")
    closed_at = None if status == "open" else timezone.now()
    Dispute.objects.update_or_create(
        attempt=attempt,
        provider_id="d1",
        defaults={"amount": attempt.amount, "status": status, "closed_at": closed_at},
    )
    facts = {"attempt_id": str(attempt.pk), "amount": str(attempt.amount), "status": status}
    event = outbox.publish("payment.disputed", {"payment_id": str(attempt.payment_id)} | facts)
    for _n in range(20):
        outbox.deliver_events([event.pk])


def test_what_staff_decided_ends_it_before_the_gateway_has_done_it(service):
    bought(make_member(), make_plan(service))
    refund = give_back(
        payment_id=Payment.objects.get().pk, why="kindness", by=uuid.uuid4(), once=uuid.uuid4()
    )
    outbox.deliver_due()
    assert refund.status == "pending"
    assert Membership.objects.get().cancelled_at is not None


def test_a_dispute_that_is_lost_and_then_won_gives_the_membership_its_times_back(service):
    luz = make_member()
    before = bought(luz, make_plan(service))
    disputed("lost")
    assert member_terms(user=luz, service=service, starts_at=timezone.now()) is None
    for _twice in range(2):
        disputed("won")
        after = Membership.objects.get()
        assert (after.starts_at, after.ends_at, after.cancelled_at, after.next_notice_at) == (
            before.starts_at,
            before.ends_at,
            None,
            before.next_notice_at,
        )
    assert member_terms(user=luz, service=service, starts_at=timezone.now()).membership == after


def test_won_after_another_one_was_bought_it_begins_after_that(service):
    luz, plan = make_member(), make_plan(service)
    first = bought(luz, plan)
    disputed("lost")
    second = bought(luz, plan)
    disputed("won")
    first.refresh_from_db()
    assert (first.starts_at, first.cancelled_at) == (second.ends_at, None)


def test_won_when_its_time_is_over_nobody_is_written_to(service):
    bought(make_member(), make_plan(service))
    disputed("lost")
    now = timezone.now()
    Membership.objects.update(starts_at=now - timedelta(days=30), ends_at=now - timedelta(days=1))
    disputed("won")
    over = Membership.objects.get()
    assert (over.cancelled_at, over.next_notice_at) == (None, None)
