"""Money that is not what was asked for is not lost sight of."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Role
from accounts.services import create_user
from core import outbox
from core.errors import Refused
from core.models import OutboxEvent
from notifications.models import Notification
from notifications.wording import words_of
from payments.gateways.base import MoneyStatus
from payments.models import Attempt, AttemptStatus, PaymentStatus
from payments.selectors import has_open_question
from payments.services import close_payment, open_checkout, polling, sync_payment
from payments.tests.conftest import RETURN_URL, all_due_now

pytestmark = pytest.mark.django_db

TOO_LITTLE = {"status": MoneyStatus.PAID, "amount": Decimal("39.00")}


@pytest.fixture
def questioned(shop, bank) -> Attempt:
    """The bank took 39 where 40 were asked for."""
    attempt = shop.opened()
    bank.change(attempt, **TOO_LITTLE)
    sync_payment(payment_id=attempt.payment_id)
    attempt.refresh_from_db()
    return attempt


def facts() -> int:
    return OutboxEvent.objects.filter(topic="payment.disagrees").count()


def test_it_is_recorded_with_what_the_gateway_says_and_told_once(questioned):
    assert (questioned.problem, questioned.payment.status) == ("wrong_amount", PaymentStatus.PENDING)
    assert questioned.claim == f"{questioned.reference} 39.00 USD"
    assert has_open_question(questioned.payment)
    for _ in range(3):
        sync_payment(payment_id=questioned.payment_id)
    assert facts() == 1


def test_it_is_asked_about_for_as_long_as_it_takes(questioned):
    close_payment(payment_id=questioned.payment_id)
    outbox.deliver_due()
    Attempt.objects.update(expires_at=timezone.now() - 10 * polling.LATE_MONEY)
    for _ in range(3):
        all_due_now()
        assert polling.poll_due() == 1
    questioned.refresh_from_db()
    assert (questioned.status, questioned.problem) == (AttemptStatus.EXPIRED, "wrong_amount")
    assert timezone.now() < questioned.poll_at <= timezone.now() + timedelta(hours=3)
    assert has_open_question(questioned.payment)


def test_found_late_it_is_watched_again(shop, bank):
    attempt = shop.opened()
    Attempt.objects.update(expires_at=timezone.now() - polling.LATE_MONEY)
    bank.change(attempt, **TOO_LITTLE)
    all_due_now()
    polling.poll_due()
    attempt.refresh_from_db()
    assert attempt.poll_at is not None


def test_staff_hear_of_it(questioned):
    staff = create_user(email="staff@people.test", password=None, role=Role.MEDICAL_ADMIN)
    outbox.deliver_due()
    notification = Notification.objects.get(kind="PAYMENT_NEEDS_STAFF")
    assert notification.user == staff
    assert questioned.payment.reference in words_of(notification.kind, notification.payload).message


def test_nobody_is_asked_to_pay_again_meanwhile(questioned):
    with pytest.raises(Refused) as refusal:
        open_checkout(payment_id=questioned.payment_id, return_url=RETURN_URL)
    assert refusal.value.code == "payment_in_question"


def test_it_ends_when_the_gateways_word_fits(questioned, bank, shop):
    bank.change(questioned, amount=Decimal("40.00"))
    payment = sync_payment(payment_id=questioned.payment_id)
    questioned.refresh_from_db()
    assert (payment.status, questioned.problem) == (PaymentStatus.PAID, "")
    assert not has_open_question(payment)
    assert shop.told == [payment.pk]


def test_it_ends_when_the_gateway_has_given_the_money_back(questioned, bank):
    bank.change(questioned, refunded=Decimal("39.00"))
    payment = sync_payment(payment_id=questioned.payment_id)
    questioned.refresh_from_db()
    assert (payment.status, questioned.problem) == (PaymentStatus.PENDING, "wrong_amount")
    assert not has_open_question(payment)


@pytest.mark.parametrize("status", [MoneyStatus.PENDING, MoneyStatus.FAILED, MoneyStatus.EXPIRED])
def test_where_there_is_no_money_there_is_no_question(shop, bank, status):
    attempt = shop.opened()
    bank.change(attempt, **TOO_LITTLE | {"status": status})
    assert not has_open_question(sync_payment(payment_id=attempt.payment_id))
    assert facts() == 0
