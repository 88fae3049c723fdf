"""Money that does not fit may lie beside money that does: neither hides the other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.models import OutboxEvent
from payments.gateways.base import MoneyStatus
from payments.models import PaymentStatus
from payments.services import polling, sync_payment
from payments.tests.conftest import all_due_now

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("right_first", [True, False])
def test_the_right_money_pays_and_the_other_is_asked_about(shop, bank, right_first):
    attempt = shop.opened()
    right = replace(bank.snapshots[attempt.reference], status=MoneyStatus.PAID, money_ref="right")
    wrong = replace(right, currency="BRL", money_ref="wrong")
    first, second = (right, wrong) if right_first else (wrong, right)
    bank.snapshots[attempt.reference] = replace(first, others=(second,))
    for _time in range(2):
        payment = sync_payment(payment_id=attempt.payment_id)
        all_due_now()
    attempt.refresh_from_db()
    assert (payment.status, attempt.money_ref) == (PaymentStatus.PAID, "right")
    assert (attempt.problem, attempt.questioned_at is None) == ("wrong_currency", False)
    assert OutboxEvent.objects.filter(topic="payment.disagrees").count() == 1


def test_it_is_over_when_the_gateway_has_given_the_wrong_money_back(shop, bank):
    attempt = shop.opened()
    right = replace(bank.snapshots[attempt.reference], status=MoneyStatus.PAID, money_ref="right")
    wrong = replace(right, amount=Decimal(1), money_ref="wrong")
    bank.snapshots[attempt.reference] = replace(right, others=(wrong,))
    sync_payment(payment_id=attempt.payment_id)
    bank.snapshots[attempt.reference] = replace(right, others=(replace(wrong, refunded=Decimal(1)),))
    all_due_now()
    polling.poll_due()
    attempt.refresh_from_db()
    assert attempt.questioned_at is None
