from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import connection

from core.errors import Refused
from core.models import OutboxEvent
from payments.gateways.base import Capabilities, GatewayRefused, GatewayUnavailable, RefundOutcome
from payments.models import Payment, Refund, RefundStatus
from payments.selectors import given_back
from payments.services import refunds, request_refund, sync_payment
from payments.tests.conftest import all_due_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(shop, bank) -> Payment:
    attempt = shop.opened()
    bank.pay(attempt)
    return sync_payment(payment_id=attempt.payment_id)


def at_bank(bank) -> Decimal:
    return sum((snapshot.refunded for snapshot in bank.snapshots.values()), Decimal(0))


def test_all_that_was_paid_goes_back(paid, bank):
    refund = request_refund(payment_id=paid.pk, reason="rejected")
    refunds.execute_due()
    refund.refresh_from_db()
    assert (refund.status, refund.amount) == (RefundStatus.SUCCEEDED, Decimal("40"))
    assert refund.done_at is not None
    assert at_bank(bank) == given_back(paid) == Decimal("40")
    assert OutboxEvent.objects.get(topic="payment.refunded").payload == {
        "payment_id": str(paid.pk),
        "refund_id": str(refund.pk),
        "amount": "40.000",
        "reason": "rejected",
        "status": "succeeded",
    }


def test_asked_twice_for_one_reason_it_is_one_refund(paid, bank):
    first = request_refund(payment_id=paid.pk, amount=Decimal("10"), reason="cancelled")
    assert request_refund(payment_id=paid.pk, amount=Decimal("10"), reason="cancelled") == first
    refunds.execute_due()
    assert request_refund(payment_id=paid.pk, reason="cancelled") == first
    assert at_bank(bank) == Decimal("10")


def test_the_rest_goes_back_and_then_nothing_is_left(paid, bank):
    request_refund(payment_id=paid.pk, amount=Decimal("15.50"), reason="late")
    rest = request_refund(payment_id=paid.pk, reason="goodwill")
    assert rest is not None
    assert rest.amount == Decimal("24.50")
    assert request_refund(payment_id=paid.pk, reason="again") is None
    refunds.execute_due()
    assert at_bank(bank) == Decimal("40")


@pytest.mark.parametrize("amount", ["40.01", "-1", "1.005"])
def test_an_amount_that_cannot_go_back_is_refused(paid, amount):
    with pytest.raises(Refused):
        request_refund(payment_id=paid.pk, amount=Decimal(amount), reason="odd")
    assert not Refund.objects.exists()


def test_nothing_goes_back_of_nothing(shop, bank, paid):
    assert request_refund(payment_id=shop.owes().pk, reason="cancelled") is None
    assert request_refund(payment_id=paid.pk, amount=Decimal(0), reason="late") is None


def test_a_gateway_that_is_down_is_asked_again_later(paid, bank):
    refund = request_refund(payment_id=paid.pk, reason="rejected")
    bank.error = GatewayUnavailable
    refunds.execute_due()
    refund.refresh_from_db()
    assert (refund.status, refund.error) == (RefundStatus.PENDING, "GatewayUnavailable")
    assert refunds.execute_due() == 0  # not before its time
    bank.error = None
    all_due_now()
    refunds.execute_due()
    refund.refresh_from_db()
    assert (refund.status, refund.error) == (RefundStatus.SUCCEEDED, "")


def test_after_very_many_tries_a_person_is_needed(paid, bank):
    refund = request_refund(payment_id=paid.pk, reason="rejected")
    bank.error = GatewayUnavailable
    Refund.objects.update(tries=refunds.MAX_TRIES - 1)
    refunds.execute_due()
    refund.refresh_from_db()
    assert refund.status == RefundStatus.MANUAL
    assert OutboxEvent.objects.filter(topic="payment.refund_needs_staff").count() == 1


def test_a_refusal_for_good_fails_and_frees_its_amount(paid, bank):
    request_refund(payment_id=paid.pk, reason="rejected")
    bank.error = GatewayRefused
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.FAILED
    assert not OutboxEvent.objects.filter(topic="payment.refunded").exists()
    bank.error = None
    assert request_refund(payment_id=paid.pk, reason="by staff") is not None


def test_a_refund_on_its_way_is_asked_about_until_it_arrives(paid, bank):
    bank.refund_outcome = RefundOutcome.PENDING
    request_refund(payment_id=paid.pk, reason="rejected")
    for _ in range(3):
        refunds.execute_due()
        all_due_now()
    assert Refund.objects.get().status == RefundStatus.PENDING
    bank.refund_outcome = RefundOutcome.SUCCEEDED
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert at_bank(bank) == Decimal("40")


@pytest.mark.parametrize(
    ("able", "amount"),
    [(Capabilities(refunds=False), None), (Capabilities(partial_refunds=False), Decimal("1"))],
)
def test_what_a_gateway_cannot_do_is_left_to_a_person(paid, bank, able, amount):
    bank.capabilities = able
    request_refund(payment_id=paid.pk, amount=amount, reason="rejected")
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.MANUAL
    assert at_bank(bank) == 0


def test_a_crash_after_the_gateways_answer_gives_nothing_back_twice(paid, bank):
    request_refund(payment_id=paid.pk, reason="rejected")
    claimed = refunds._claim()
    assert refunds._ask_gateway(claimed) == RefundOutcome.SUCCEEDED  # and then the process died
    assert refunds.execute_due() == 0
    all_due_now()
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert at_bank(bank) == Decimal("40")
    assert len(bank.refund_keys) == 1


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_never_give_back_more_than_was_paid(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    sync_payment(payment_id=attempt.payment_id)
    start = threading.Barrier(8)

    def ask(number: int) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            request_refund(payment_id=attempt.payment_id, amount=Decimal("15"), reason=f"reason {number}")
        except Refused:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Refund.objects.count() == 2  # not left to the gateway to refuse
    refunds.execute_due()
    assert at_bank(bank) == given_back(attempt.payment) == Decimal("30")
