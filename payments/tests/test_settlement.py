from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import outbox
from core.models import OutboxEvent
from payments.gateways.base import MoneyStatus
from payments.models import Attempt, AttemptStatus, Payment, PaymentStatus, Refund
from payments.services import close_payment, open_checkout, refunds, settlement, sync_payment
from payments.tests.conftest import RETURN_URL, all_due_now

pytestmark = pytest.mark.django_db


def settled_events() -> int:
    return OutboxEvent.objects.filter(topic="payment.settled").count()


def test_money_settles_the_payment_and_the_subject_is_told(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    payment = sync_payment(payment_id=attempt.payment_id)
    attempt.refresh_from_db()
    assert payment.status == PaymentStatus.PAID
    assert (attempt.status, attempt.settles) == (AttemptStatus.PAID, True)
    assert shop.told == [payment.pk]
    event = OutboxEvent.objects.get(topic="payment.settled")
    assert event.payload == {
        "payment_id": str(payment.pk),
        "subject_type": "parcel",
        "subject_id": str(payment.subject_id),
    }


def test_asking_and_delivering_again_changes_nothing(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    for _ in range(3):
        sync_payment(payment_id=attempt.payment_id)
    outbox.deliver_due()
    assert settled_events() == 1
    assert shop.told == [attempt.payment_id]


def test_nothing_happens_before_there_is_money(shop, bank):
    attempt = shop.opened()
    assert sync_payment(payment_id=attempt.payment_id).status == PaymentStatus.PENDING
    assert shop.told == []


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"amount": Decimal("4.00")}, "wrong_amount"),
        ({"amount": Decimal("400.00")}, "wrong_amount"),
        ({"currency": "COP"}, "wrong_currency"),
        ({"reference": "VC-SOMEBODYELSE-1"}, "wrong_reference"),
    ],
)
def test_money_that_is_not_what_was_asked_for_moves_nothing(shop, bank, changed, problem):
    attempt = shop.opened()
    bank.change(attempt, status=MoneyStatus.PAID, **changed)
    payment = sync_payment(payment_id=attempt.payment_id)
    attempt.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING
    assert (attempt.status, attempt.problem) == (AttemptStatus.OPEN, problem)
    assert shop.told == []
    assert settled_events() == 0


def test_money_for_a_closed_payment_is_late_but_not_lost(shop, bank):
    attempt = shop.opened()
    close_payment(payment_id=attempt.payment_id)
    outbox.deliver_due()
    bank.pay(attempt)
    assert sync_payment(payment_id=attempt.payment_id).status == PaymentStatus.PAID
    assert shop.told == [attempt.payment_id]


def test_a_second_payment_goes_back_once_and_in_full(shop, bank):
    first = shop.opened()
    Attempt.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    open_checkout(payment_id=first.payment_id, return_url=RETURN_URL)
    second = first.payment.attempts.get(number=2)
    bank.pay(first)
    bank.pay(second)
    for _ in range(2):
        sync_payment(payment_id=first.payment_id)
    refunds.execute_due()
    refund = Refund.objects.get()
    assert (refund.attempt, refund.amount, refund.reason) == (second, Decimal("40"), "second_payment")
    assert bank.snapshots[second.reference].refunded == Decimal("40")
    assert bank.snapshots[first.reference].refunded == 0
    assert shop.told == [first.payment_id]
    assert settled_events() == 1


def test_one_settlement_ends_the_other_checkout(shop, bank):
    first = shop.opened()
    Attempt.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    open_checkout(payment_id=first.payment_id, return_url=RETURN_URL)
    bank.pay(first)
    sync_payment(payment_id=first.payment_id)
    outbox.deliver_due()
    assert bank.snapshots[f"{first.payment.reference}-2"].status == MoneyStatus.EXPIRED


def test_money_after_a_failure_still_counts(shop, bank):
    attempt = shop.opened()
    bank.change(attempt, status=MoneyStatus.FAILED)
    sync_payment(payment_id=attempt.payment_id)
    bank.pay(attempt)
    assert sync_payment(payment_id=attempt.payment_id).status == PaymentStatus.PAID


def test_a_failure_told_after_the_money_changes_nothing(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    sync_payment(payment_id=attempt.payment_id)
    Attempt.objects.update(poll_at=timezone.now())
    bank.change(attempt, status=MoneyStatus.FAILED)
    sync_payment(payment_id=attempt.payment_id)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.PAID


def test_money_that_went_back_before_we_knew_of_it_settles_nothing(shop, bank):
    attempt = shop.opened()
    bank.change(attempt, status=MoneyStatus.PAID, refunded=Decimal("40"))
    assert sync_payment(payment_id=attempt.payment_id).status == PaymentStatus.PENDING


def test_a_subject_that_fails_costs_no_money_and_is_told_again(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    shop.broken = True
    assert sync_payment(payment_id=attempt.payment_id).status == PaymentStatus.PAID
    shop.broken = False
    all_due_now()
    settlement.tell_due()
    assert shop.told == [attempt.payment_id]
    assert Payment.objects.get().told_at is not None


def test_the_database_allows_one_settling_attempt_for_a_payment(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    sync_payment(payment_id=attempt.payment_id)
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            payment=attempt.payment,
            number=9,
            reference="other",
            gateway="bank",
            status="paid",
            settles=True,
            paid_at=now,
            return_url=RETURN_URL,
        )
