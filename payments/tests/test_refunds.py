from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Role
from accounts.services import create_user
from core import outbox
from core.errors import Refused
from core.models import OutboxEvent
from notifications.models import Notification
from notifications.wording import words_of
from payments.gateways.base import Capabilities, GatewayRefused, GatewayUnavailable, RefundOutcome
from payments.handlers import tell_staff_of_refund
from payments.models import Attempt, Payment, Refund, RefundStatus
from payments.selectors import BackState, OwedBack, given_back, owed_back
from payments.services import (
    open_checkout,
    refund_done_by_hand,
    refunds,
    request_refund,
    retry_refund,
    sync_payment,
)
from payments.tests.conftest import RETURN_URL, all_due_now

pytestmark = pytest.mark.django_db
STAFF = uuid4()


@pytest.fixture
def paid(shop, bank) -> Payment:
    attempt = shop.opened()
    bank.pay(attempt)
    return sync_payment(payment_id=attempt.payment_id)


@pytest.fixture
def refused(paid, bank) -> Refund:
    """A refund of everything that the bank has refused for good; it would do it now."""
    request_refund(payment_id=paid.pk, reason="rejected")
    bank.error = GatewayRefused
    refunds.execute_due()
    bank.error = None
    refund = Refund.objects.get()
    assert refund.status == RefundStatus.FAILED
    return refund


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


def test_what_the_gateway_refuses_for_good_is_owed_all_the_same(refused):
    assert not OutboxEvent.objects.filter(topic="payment.refunded").exists()
    assert owed_back(refused.attempt.payment) == OwedBack(Decimal("40"), BackState.NEEDS_STAFF)
    assert given_back(refused.attempt.payment) == Decimal("40")
    assert request_refund(payment_id=refused.attempt.payment_id, reason="another") is None


def test_asked_again_for_the_same_reason_a_refused_refund_is_tried_anew(refused, bank):
    assert request_refund(payment_id=refused.attempt.payment_id, reason="rejected") == refused
    refunds.execute_due()
    refused.refresh_from_db()
    assert refused.status == RefundStatus.SUCCEEDED
    # A gateway gives the same answer to the same key.
    assert list(bank.refund_keys) == [f"{refused.pk}-1"]


def test_staff_try_again(refused, bank):
    retry_refund(refund_id=refused.pk, by=STAFF)
    refunds.execute_due()
    assert at_bank(bank) == Decimal("40")
    with pytest.raises(Refused) as refusal:
        retry_refund(refund_id=refused.pk, by=STAFF)
    assert refusal.value.code == "wrong_state"


def test_after_unknown_outcomes_a_new_try_keeps_its_key(paid, bank):
    refund = request_refund(payment_id=paid.pk, reason="rejected")
    bank.error = GatewayUnavailable
    Refund.objects.update(tries=refunds.MAX_TRIES - 1)
    refunds.execute_due()
    bank.error = None
    retry_refund(refund_id=refund.pk, by=STAFF)
    refunds.execute_due()
    assert list(bank.refund_keys) == [str(refund.pk)]


def test_what_an_unknown_try_did_is_seen_by_the_next_one_though_its_key_is_forgotten(paid, bank):
    refund = request_refund(payment_id=paid.pk, amount=Decimal("10"), reason="late")
    refunds._ask_gateway(refund)  # its answer was lost
    bank.error = GatewayUnavailable
    Refund.objects.update(tries=refunds.MAX_TRIES - 1)
    refunds.execute_due()
    bank.error = None
    bank.refund_keys.clear()
    retry_refund(refund_id=refund.pk, by=STAFF)
    refunds.execute_due()
    refund.refresh_from_db()
    assert (refund.status, refund.error) == (RefundStatus.SUCCEEDED, "")
    assert at_bank(bank) == Decimal("10")


def test_what_went_back_at_the_gateway_meanwhile_does_not_go_back_twice(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    sync_payment(payment_id=attempt.payment_id)
    refund = request_refund(payment_id=attempt.payment_id, amount=Decimal("10"), reason="late")
    bank.error = GatewayRefused
    refunds.execute_due()
    bank.error = None
    bank.change(attempt, refunded=Decimal("10"))  # by somebody, in the bank's own pages
    retry_refund(refund_id=refund.pk, by=STAFF)
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert at_bank(bank) == Decimal("10")


def test_staff_give_it_back_by_hand(refused, bank):
    refund_done_by_hand(refund_id=refused.pk, by=STAFF)
    assert refunds.execute_due() == 0
    assert owed_back(refused.attempt.payment) == OwedBack(Decimal("40"), BackState.RETURNED)
    assert OutboxEvent.objects.filter(topic="payment.refunded").count() == 1


def test_staff_are_told_of_a_refund_that_failed(refused):
    people = [create_user(email=f"{n}@people.test", password=None, role=Role.MEDICAL_ADMIN) for n in (1, 2)]
    for _again in range(2):
        tell_staff_of_refund(OutboxEvent.objects.get(topic="payment.refund_needs_staff"))
    told = Notification.objects.filter(kind="REFUND_NEEDS_STAFF")
    assert {notification.user for notification in told} == set(people)
    assert "40" in words_of("REFUND_NEEDS_STAFF", told[0].payload).message
    assert told.count() == 2
    outbox.deliver_due()
    assert told.count() == 2


def test_how_far_the_money_is_on_its_way_back(paid, bank):
    assert owed_back(paid) is None
    request_refund(payment_id=paid.pk, amount=Decimal("15"), reason="late")
    refunds.execute_due()
    request_refund(payment_id=paid.pk, amount=Decimal("5"), reason="goodwill")
    assert owed_back(paid) == OwedBack(Decimal("20"), BackState.ON_ITS_WAY)
    refunds.execute_due()
    assert owed_back(paid) == OwedBack(Decimal("20"), BackState.RETURNED)


def test_money_that_came_twice_is_not_owed_back_for_the_payment_itself(shop, bank):
    first = shop.opened()
    Attempt.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    open_checkout(payment_id=first.payment_id, return_url=RETURN_URL)
    bank.pay(first)
    bank.pay(first.payment.attempts.get(number=2))
    payment = sync_payment(payment_id=first.payment_id)
    assert Refund.objects.get().amount == Decimal("40")
    assert (given_back(payment), owed_back(payment)) == (0, None)


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
