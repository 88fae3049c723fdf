"""What the payer's bank has taken is owed no second time: in whichever order things happen, and as staff read it."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone, translation

from core.errors import Refused
from core.models import OutboxEvent
from notifications.models import Notification
from payments.gateways import base
from payments.gateways.base import DisputeStatus, GatewayRefused, GatewayUnavailable, RefundOutcome
from payments.handlers import tell_staff_of_refund
from payments.models import Attempt, Refund, RefundStatus
from payments.owed import not_over, owed_of, waiting_for_staff
from payments.selectors import BackState, OwedBack, balance_of, is_unsettled, left_to_give_back
from payments.services import (
    polling,
    refund_done_by_hand,
    refunds,
    request_refund,
    retry_refund,
    sync_payment,
)
from payments.story import story_of
from payments.tests.conftest import all_due_now
from payments.totals import still_owed

pytestmark = pytest.mark.django_db
STAFF = uuid4()


@pytest.fixture
def attempt(shop, bank) -> Attempt:
    """40 dollars that came."""
    attempt = shop.opened()
    bank.pay(attempt)
    sync_payment(payment_id=attempt.payment_id)
    return Attempt.objects.select_related("payment").get()


@pytest.fixture
def disputes(attempt, bank):
    """What the bank says of each dispute: by its name, how much it is about and how it stands."""

    def say(**said: tuple[str, DisputeStatus]) -> None:
        known = tuple(base.Dispute(name, Decimal(of), status) for name, (of, status) in said.items())
        bank.change(attempt, disputes=known)
        all_due_now()
        polling.poll_due()

    return say


LOST, WON = DisputeStatus.LOST, DisputeStatus.WON


def waits(attempt, bank, amount: str, reason: str = "rejected") -> Refund:
    """A refund that the gateway refused."""
    refund = request_refund(payment_id=attempt.payment_id, amount=Decimal(amount), reason=reason)
    assert refund is not None
    bank.error = GatewayRefused
    refunds.execute_due()
    bank.error = None
    return refund


def test_nothing_of_it_is_owed_once_the_bank_has_taken_all(attempt, bank, disputes):
    refund = waits(attempt, bank, "40")
    assert (owed_of(refund), waiting_for_staff().count()) == (40, 1)
    disputes(d=("40", LOST))
    assert not waiting_for_staff() and not not_over() and not still_owed()
    assert not is_unsettled("parcel", [attempt.payment.subject_id])
    balance = balance_of(attempt.payment)
    assert (balance.given, balance.taken, balance.owed_back, balance.stuck, balance.left) == (0, 40, 0, 0, 0)
    assert balance.back == OwedBack(Decimal(0), BackState.TAKEN, Decimal(40))


@pytest.mark.parametrize("verb", [retry_refund, refund_done_by_hand])
def test_then_staff_cannot_give_it_back_a_second_time(attempt, bank, disputes, verb):
    refund = waits(attempt, bank, "40")
    disputes(d=("40", LOST))
    with pytest.raises(Refused) as refusal:
        verb(refund_id=refund.pk, by=STAFF)
    assert refusal.value.code == "taken_by_bank"
    refund.refresh_from_db()
    assert (refund.status, refund.amount) == (RefundStatus.FAILED, 40)
    assert request_refund(payment_id=attempt.payment_id, reason="rejected") == refund
    refund.refresh_from_db()
    assert refund.status == RefundStatus.FAILED


def test_it_is_owed_again_where_the_bank_thinks_better_of_it(attempt, bank, disputes):
    refund = waits(attempt, bank, "40")
    disputes(d=("40", LOST))
    disputes(d=("40", WON))
    assert (owed_of(refund), waiting_for_staff().count()) == (40, 1)
    retry_refund(refund_id=refund.pk, by=STAFF)
    refunds.execute_due()
    assert balance_of(attempt.payment).back == OwedBack(Decimal(40), BackState.RETURNED)


@pytest.mark.parametrize("verb", [retry_refund, refund_done_by_hand])
def test_where_the_bank_took_a_part_the_rest_is_given_back(attempt, bank, disputes, verb):
    refund = waits(attempt, bank, "40")
    disputes(d=("30", LOST))
    assert balance_of(attempt.payment).back == OwedBack(Decimal(10), BackState.NEEDS_STAFF, Decimal(30))
    verb(refund_id=refund.pk, by=STAFF)
    refunds.execute_due()
    refund.refresh_from_db()
    assert (refund.status, refund.amount) == (RefundStatus.SUCCEEDED, 10)
    assert left_to_give_back(attempt.payment) == 0


def test_of_several_that_wait_the_oldest_has_what_is_left(attempt, bank, disputes):
    first, second = waits(attempt, bank, "25"), waits(attempt, bank, "15", "cancelled")
    disputes(d=("20", LOST))
    assert (owed_of(first), owed_of(second)) == (20, 0)
    disputes(d=("20", LOST), e=("15", LOST))
    assert (owed_of(first), owed_of(second)) == (5, 0)
    disputes(d=("10", WON), e=("15", LOST))
    assert (owed_of(first), owed_of(second)) == (25, 0)


def test_what_is_on_its_way_at_the_gateway_comes_before_what_waits(attempt, bank, disputes):
    old = waits(attempt, bank, "25")
    bank.refund_outcome = RefundOutcome.PENDING
    young = request_refund(payment_id=attempt.payment_id, reason="cancelled")
    refunds.execute_due()
    disputes(d=("20", LOST))
    assert (owed_of(old), owed_of(young)) == (5, 15)
    bank.refund_outcome = RefundOutcome.SUCCEEDED
    all_due_now()
    refunds.execute_due()
    assert (owed_of(old), owed_of(young)) == (5, 0)
    assert balance_of(attempt.payment).left == 0


def test_a_refund_that_could_not_be_sent_is_not_sent_any_more(attempt, bank, disputes):
    bank.error = GatewayUnavailable
    refund = request_refund(payment_id=attempt.payment_id, reason="rejected")
    refunds.execute_due()
    bank.error = None
    disputes(d=("40", LOST))
    refunds.execute_due()
    refund.refresh_from_db()
    assert (refund.status, bank.refund_keys, waiting_for_staff().count()) == ("failed", {}, 0)
    tell_staff_of_refund(OutboxEvent.objects.get(topic="payment.refund_needs_staff"))
    assert not Notification.objects.filter(kind="REFUND_NEEDS_STAFF").exists()


def test_one_that_went_and_was_not_heard_of_has_gone(attempt, bank, disputes):
    refund = waits(attempt, bank, "40")
    retry_refund(refund_id=refund.pk, by=STAFF)
    bank.change(attempt, refunded=Decimal(40))
    disputes(d=("40", LOST))
    refund.refresh_from_db()
    assert refund.status == RefundStatus.PENDING
    refunds.execute_due()
    refund.refresh_from_db()
    assert (refund.status, bank.refund_keys) == (RefundStatus.SUCCEEDED, {})


def test_a_second_payment_that_the_bank_took_is_not_owed_either(attempt, bank):
    twice = attempt.payment.attempts.create(number=2, reference="TWICE", gateway="bank", status="paid")
    refund = twice.refunds.create(amount=40, reason="second_payment", status="failed", due_at=timezone.now())
    assert owed_of(refund) == 40
    twice.disputes.create(provider_id="d", amount=40, status="lost", closed_at=timezone.now())
    assert (owed_of(refund), left_to_give_back(attempt.payment)) == (0, 40)


def test_the_story_says_so(attempt, bank, disputes):
    waits(attempt, bank, "40")
    disputes(d=("30", LOST))
    words = "Of the refund of $40 only $10 is owed still: the payer's bank has taken the rest"
    with translation.override("en"):
        assert words in [line.what for line in story_of(attempt.payment).lines]
        disputes(d=("30", WON))
        assert not [line.what for line in story_of(attempt.payment).lines if "taken" in line.what]
