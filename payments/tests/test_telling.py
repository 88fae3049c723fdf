"""The subject is told of its money for as long as it takes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import outbox
from core.models import OutboxDelivery
from payments.models import Payment
from payments.services import settlement, sync_payment
from payments.tests.conftest import all_due_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def untold(shop, bank) -> Payment:
    """Paid, while the subject could not take note."""
    attempt = shop.opened()
    bank.pay(attempt)
    shop.broken = True
    return sync_payment(payment_id=attempt.payment_id)


def test_after_any_number_of_failures_it_is_told_again(shop, untold):
    for _ in range(outbox.MAX_ATTEMPTS + 5):
        OutboxDelivery.objects.update(due_at=timezone.now())
        outbox.deliver_due()
        all_due_now()
        assert settlement.tell_due() == 1
    shop.broken = False
    all_due_now()
    settlement.tell_due()
    untold.refresh_from_db()
    assert shop.told == [untold.pk]
    assert untold.told_at is not None
    all_due_now()
    assert settlement.tell_due() == 0


def test_turns_slow_down_up_to_a_limit(untold):
    pauses = []
    for _ in range(12):
        all_due_now()
        settlement.tell_due()
        untold.refresh_from_db()
        pauses.append(untold.tell_at - timezone.now())
    assert pauses[0] < timedelta(seconds=11)
    assert timedelta(minutes=59) < pauses[-1] <= timedelta(hours=1)


def test_whoever_brings_the_money_tells_it_first(shop, untold):
    assert settlement.tell_due() == 0  # not before its time
    shop.broken = False
    sync_payment(payment_id=untold.pk)
    assert shop.told == [untold.pk]


def test_a_kind_of_subject_nobody_knows_any_more_holds_up_nobody(shop, untold, bank):
    Payment.objects.update(subject_type="abolished")
    shop.broken = False
    attempt = shop.opened()
    bank.pay(attempt)
    shop.broken = True
    sync_payment(payment_id=attempt.payment_id)
    shop.broken = False
    all_due_now()
    assert settlement.tell_due() == 2
    assert shop.told == [attempt.payment_id]
