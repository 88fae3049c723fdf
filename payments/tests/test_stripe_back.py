"""Stripe: money back, and money that a bank wants back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.models import OutboxEvent
from payments.models import Attempt, Dispute, Refund, RefundStatus
from payments.services import refunds, request_refund
from payments.story import story_of
from payments.tests.conftest import all_due_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(shop, companies, settings) -> Attempt:
    settings.PAYMENT_GATEWAYS = ["stripe"]
    attempt = shop.opened()
    companies.press(attempt, "pay")
    companies.bring()
    attempt.refresh_from_db()
    return attempt


def given_back(companies) -> int:
    return sum(row["amount"] for row in companies.world.stripe.table("refunds").values())


def test_whole(paid, companies):
    request_refund(payment_id=paid.payment_id, reason="rejected")
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert given_back(companies) == 4000
    assert companies.bring() == [200]


def test_in_parts(paid, companies):
    request_refund(payment_id=paid.payment_id, amount=Decimal("10.50"), reason="late")
    request_refund(payment_id=paid.payment_id, reason="rest")
    refunds.execute_due()
    assert sorted(row["amount"] for row in companies.world.stripe.table("refunds").values()) == [1050, 2950]


@pytest.mark.parametrize("fault", ["cut", "late_500", "500", "429"])
@pytest.mark.parametrize("call", [0, 1])  # the look at what there is, and the refund itself
def test_once_whatever_goes_wrong(paid, companies, fault, call):
    request_refund(payment_id=paid.payment_id, amount=Decimal("10"), reason="late")
    companies.world.faults.api.extend([""] * call + [fault])
    refunds.execute_due()
    all_due_now()
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert given_back(companies) == 1000


def test_a_dispute_is_recorded_and_staff_hear_of_it_once(paid, companies):
    companies.press(paid, "dispute")
    companies.bring()
    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.amount, dispute.reason) == ("open", Decimal("40"), "fraudulent")
    companies.press(paid, "lose")
    companies.bring()
    dispute.refresh_from_db()
    assert (dispute.status, dispute.closed_at is None) == ("lost", False)
    told = OutboxEvent.objects.filter(topic="payment.disputed").order_by("created_at")
    assert [event.payload["status"] for event in told] == ["open", "lost"]


def test_what_is_disputed_cannot_be_refunded_and_waits_for_staff(paid, companies):
    companies.press(paid, "dispute")
    request_refund(payment_id=paid.payment_id, reason="rejected")
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.FAILED
    assert given_back(companies) == 0


def test_staff_see_it_in_the_payments_story(paid, companies):
    companies.press(paid, "dispute")
    companies.bring()
    companies.press(paid, "win")
    companies.bring()
    story = story_of(paid.payment)
    (dispute,) = story.disputes
    assert dispute.status == "won"
    assert {dispute.created_at, dispute.closed_at} < {line.at for line in story.lines}
