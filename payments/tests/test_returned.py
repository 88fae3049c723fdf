"""What somebody gives back in the gateway's own panel is in our books too, whether its webhook arrives or not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from core.models import OutboxEvent
from payments.gateways.base import RefundOutcome
from payments.models import Attempt, Dispute, DisputeState, Payment, PaymentStatus, Refund, RefundStatus
from payments.selectors import left_to_give_back
from payments.services import polling, refunds, request_refund, sync_payment
from payments.tests.conftest import all_due_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    sync_payment(payment_id=attempt.payment_id)
    attempt.refresh_from_db()
    return attempt


def rows() -> list[tuple[str, Decimal, str]]:
    return list(Refund.objects.order_by("created_at").values_list("reason", "amount", "status"))


def look_again() -> None:
    all_due_now()
    polling.poll_due()


def test_it_is_a_refund_like_others(attempt, bank):
    bank.change(attempt, refunded=Decimal(15))
    look_again()
    look_again()
    assert rows() == [("gateway-1", Decimal(15), "succeeded")]
    assert left_to_give_back(Payment.objects.get()) == Decimal(25)
    assert OutboxEvent.objects.filter(topic="payment.refunded").count() == 1
    bank.change(attempt, refunded=Decimal(40))
    look_again()
    assert [(reason, amount) for reason, amount, _status in rows()] == [("gateway-1", 15), ("gateway-2", 25)]


def test_what_we_asked_for_is_not_taken_for_it(attempt, bank):
    request_refund(payment_id=attempt.payment_id, amount=Decimal(15), reason="cancelled")
    refunds.execute_due()
    look_again()
    assert rows() == [("cancelled", Decimal(15), "succeeded")]


def test_staff_have_done_there_what_waited_for_them(attempt, bank):
    bank.refund_outcome = RefundOutcome.MANUAL
    request_refund(payment_id=attempt.payment_id, reason="rejected")
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.MANUAL
    bank.change(attempt, refunded=Decimal(40))
    look_again()
    assert rows() == [("rejected", Decimal(40), "succeeded")]


def test_a_refund_that_is_refused_shrinks_to_what_is_left(attempt, bank):
    bank.change(attempt, refunded=Decimal(15))
    request_refund(payment_id=attempt.payment_id, reason="rejected")
    refunds.execute_due()
    look_again()
    assert rows() == [("rejected", Decimal(25), "failed"), ("gateway-1", Decimal(15), "succeeded")]


def test_paid_money_is_looked_at_again_for_a_month(attempt):
    looks, paid_at = [], attempt.paid_at
    while attempt.poll_at is not None:
        looks.append((attempt.poll_at - paid_at).days)
        with time_machine.travel(attempt.poll_at, tick=False):
            assert polling._next_turn(attempt, timezone.now()) != attempt.poll_at
            attempt.poll_at = polling._next_turn(attempt, timezone.now())
    assert looks == [1, 2, 4, 8, 16, 32]
    assert polling._next_turn(attempt, paid_at + timedelta(days=3)) == paid_at + timedelta(days=4)


@pytest.fixture
def paid_again(shop, companies, settings) -> Attempt:
    """Paid and given back in the panel before anybody looked, then paid once more at the same checkout."""
    settings.PAYMENT_GATEWAYS = ["mercadopago"]
    attempt = shop.opened(amount="49990", currency="COP")
    for button in ("pay", "refund", "pay"):
        companies.press(attempt, button)
    companies.bring()
    return attempt


def test_what_went_back_before_we_knew_of_it_is_no_refund_of_other_money(paid_again):
    look_again()
    payment = Payment.objects.get()
    assert payment.status == PaymentStatus.PAID
    assert rows() == []
    assert left_to_give_back(payment) == Decimal(49990)


def test_nor_does_it_end_the_dispute_about_other_money(paid_again, companies):
    companies.press(paid_again, "dispute")
    companies.bring()
    look_again()
    assert Dispute.objects.get().status == DisputeState.OPEN
    assert OutboxEvent.objects.filter(topic="payment.disputed").count() == 1
