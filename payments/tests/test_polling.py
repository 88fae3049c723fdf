from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from payments.gateways.base import GatewayUnavailable, MoneyStatus
from payments.models import Attempt, AttemptStatus, PaymentStatus
from payments.services import checkout, close_payment, polling, sync_payment
from payments.tests.conftest import RETURN_URL, all_due_now

pytestmark = pytest.mark.django_db


def test_money_that_no_webhook_told_of_is_found(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    assert polling.poll_due() == 0  # not before its time
    all_due_now()
    assert polling.poll_due() == 1
    assert shop.told == [attempt.payment_id]


def test_late_money_is_looked_for_after_the_end(shop, bank):
    attempt = shop.opened()
    close_payment(payment_id=attempt.payment_id)
    checkout.end_checkouts(attempt.payment_id)
    Attempt.objects.update(expires_at=timezone.now() - timedelta(days=1))
    bank.pay(attempt)
    all_due_now()
    polling.poll_due()
    assert shop.told == [attempt.payment_id]


def test_asking_ends_long_after_the_end(shop, bank):
    attempt = shop.opened()
    Attempt.objects.update(expires_at=timezone.now() - polling.LATE_MONEY)
    all_due_now()
    polling.poll_due()
    attempt.refresh_from_db()
    assert (attempt.status, attempt.poll_at) == (AttemptStatus.EXPIRED, None)


@pytest.mark.parametrize(("days", "asked_on"), [(29, True), (31, False)])
def test_money_that_is_on_its_way_is_asked_for_much_longer(shop, bank, days, asked_on):
    attempt = shop.opened()
    Attempt.objects.update(expires_at=timezone.now() - timedelta(days=days))
    bank.change(attempt, status=MoneyStatus.PROCESSING)
    all_due_now()
    polling.poll_due()
    attempt.refresh_from_db()
    assert (attempt.status, attempt.poll_at is not None) == (AttemptStatus.EXPIRED, asked_on)


def test_turns_slow_down_up_to_a_limit(shop, bank):
    attempt = shop.opened()
    pauses = []
    for _ in range(8):
        all_due_now()
        polling.poll_due()
        attempt.refresh_from_db()
        pauses.append(round((attempt.poll_at - timezone.now()).total_seconds()))
    assert pauses == pytest.approx([20, 40, 80, 160, 300, 300, 300, 300], abs=3)


def test_one_attempt_that_cannot_be_asked_does_not_hold_up_the_others(shop, bank, settings):
    gone = shop.opened()
    Attempt.objects.update(gateway="closed-down")
    attempt = shop.opened()
    bank.pay(attempt)
    all_due_now()
    assert polling.poll_due() == 2
    assert shop.told == [attempt.payment_id]
    gone.refresh_from_db()
    assert gone.poll_at is not None


def test_an_attempt_the_gateway_never_got_is_given_up_after_its_time(shop, bank):
    payment = shop.owes(payable_until=timezone.now() + timedelta(minutes=30))
    attempt = checkout._attempt_to_open(payment.pk, RETURN_URL, "Parcel")  # and then the process died
    Attempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    all_due_now()
    polling.poll_due()
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.EXPIRED


def test_the_return_of_the_browser_forgives_a_gateway_that_is_down(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    bank.error = GatewayUnavailable
    assert sync_payment(payment_id=attempt.payment_id).status == PaymentStatus.PENDING
    bank.error = None
    assert sync_payment(payment_id=attempt.payment_id).status == PaymentStatus.PAID
