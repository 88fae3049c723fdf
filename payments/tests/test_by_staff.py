"""What staff do about money: given back once, never more than there is, and remembered with who said why."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from core.errors import Missing, Refused
from core.models import AuditEvent
from payments.gateways.base import GatewayRefused, MoneyStatus
from payments.models import Attempt, Dispute, Payment, Refund, RefundStatus, StaffNote
from payments.selectors import has_open_question, left_to_give_back
from payments.services import (
    close_question,
    give_back,
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
    refund = request_refund(payment_id=paid.pk, reason="rejected")
    bank.error = GatewayRefused
    refunds.execute_due()
    bank.error = None
    refund.refresh_from_db()
    return refund


@pytest.fixture
def questioned(shop, bank) -> Attempt:
    attempt = shop.opened()
    bank.change(attempt, status=MoneyStatus.PAID, amount=Decimal("39.00"))
    sync_payment(payment_id=attempt.payment_id)
    return attempt


def ask(payment, amount=None, *, once=None) -> Refund:
    return give_back(
        payment_id=payment.pk,
        amount=None if amount is None else Decimal(amount),
        why="the room was cold",
        by=STAFF,
        once=once or uuid4(),
    )


def done() -> list[str]:
    return list(AuditEvent.objects.values_list("action", flat=True))


def test_what_the_payer_s_bank_took_is_not_given_back_too(paid):
    attempt = paid.attempts.get()
    lost = {"provider_id": "d", "status": "lost", "closed_at": timezone.now()}
    dispute = Dispute.objects.create(attempt=attempt, amount=Decimal("30"), **lost)
    assert left_to_give_back(paid) == 10
    with pytest.raises(Refused) as refusal:
        ask(paid, "10.01")
    assert refusal.value.code == "refund_too_large"
    assert request_refund(payment_id=paid.pk, reason="rejected").amount == 10
    dispute.amount = 40
    dispute.save()
    assert left_to_give_back(paid) == 0
    assert request_refund(payment_id=paid.pk, reason="cancelled") is None


def test_one_wish_has_one_amount(paid):
    wish = uuid4()
    assert ask(paid, "5", once=wish) == ask(paid, "5", once=wish)
    with pytest.raises(Refused) as refusal:
        ask(paid, "6", once=wish)
    assert (refusal.value.code, refusal.value.attr) == ("already_asked", "amount")
    assert [refund.amount for refund in Refund.objects.all()] == [5]


def test_a_part_and_then_the_rest(paid, bank):
    assert ask(paid, "15.50").amount == Decimal("15.50")
    assert left_to_give_back(paid) == Decimal("24.50")
    assert ask(paid).amount == Decimal("24.50")
    refunds.execute_due()
    assert {refund.status for refund in Refund.objects.all()} == {RefundStatus.SUCCEEDED}
    with pytest.raises(Refused) as refusal:
        ask(paid)
    assert refusal.value.code == "nothing_left"


def test_who_asked_and_why_is_remembered(paid):
    refund = ask(paid, "5")
    note = StaffNote.objects.get()
    assert (note.refund, note.staff_id, note.note) == (refund, STAFF, "the room was cold")
    event = AuditEvent.objects.get(action="refund.requested")
    assert (event.object_id, event.facts["amount"]) == (str(refund.pk), "5.00")
    assert "cold" not in str(event.facts)


def test_sent_twice_it_goes_back_once(paid):
    once = uuid4()
    assert ask(paid, "5", once=once) == ask(paid, "5", once=once)
    assert Refund.objects.count() == StaffNote.objects.count() == 1


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("40.01", "refund_too_large"),
        ("0", "invalid_amount"),
        ("-1", "invalid_amount"),
        ("1.005", "invalid_amount"),
    ],
)
def test_no_other_amounts_than_there_are(paid, amount, code):
    with pytest.raises(Refused) as refusal:
        ask(paid, amount)
    assert refusal.value.code == code
    assert not Refund.objects.exists() and not done()


def test_where_nothing_was_paid_nothing_goes_back(shop):
    with pytest.raises(Refused) as refusal:
        ask(shop.owes())
    assert refusal.value.code == "nothing_left"
    with pytest.raises(Missing):
        give_back(payment_id=uuid4(), why="", by=STAFF, once=uuid4())


def test_what_the_policy_gives_back_later_is_at_most_what_is_left(paid):
    ask(paid, "30")
    rest = request_refund(payment_id=paid.pk, amount=Decimal("40"), reason="cancelled", at_most=True)
    assert rest is not None and rest.amount == Decimal("10")
    assert request_refund(payment_id=paid.pk, amount=Decimal("1"), reason="other", at_most=True) is None


def test_tried_again(refused):
    retry_refund(refund_id=refused.pk, by=STAFF)
    refunds.execute_due()
    refused.refresh_from_db()
    assert refused.status == RefundStatus.SUCCEEDED
    assert done() == ["refund.retried"]


def test_given_by_hand_with_who_and_when_and_the_banks_reference(refused):
    today = timezone.now().date()
    refund_done_by_hand(
        refund_id=refused.pk, by=STAFF, given_by="Eva", given_on=today, reference="transfer 8831"
    )
    note = StaffNote.objects.get()
    assert (note.given_by, note.given_on, note.note) == ("Eva", today, "transfer 8831")
    assert done() == ["refund.done_by_hand"]


@pytest.mark.parametrize(("days", "code"), [(3, "date_ahead"), (-3, "date_before_payment")])
def test_nobody_gives_it_back_tomorrow_nor_before_it_came(refused, days, code):
    with pytest.raises(Refused) as refusal:
        refund_done_by_hand(
            refund_id=refused.pk, by=STAFF, given_on=timezone.now().date() + timedelta(days=days)
        )
    assert (refusal.value.code, refusal.value.attr) == (code, "given_on")
    refused.refresh_from_db()
    assert refused.status == RefundStatus.FAILED


def test_it_went_back_on_the_day_that_staff_name(refused):
    came = timezone.now() - timedelta(days=40)
    Attempt.objects.update(paid_at=came)
    given_on = timezone.localdate() - timedelta(days=35)
    refund = refund_done_by_hand(refund_id=refused.pk, by=STAFF, given_on=given_on)
    assert timezone.localdate(refund.done_at) == given_on
    assert StaffNote.objects.get().created_at.date() == timezone.now().date()


def test_nor_does_it_go_back_earlier_than_it_came_or_later_than_now(refused):
    came = refused.attempt.paid_at
    refund = refund_done_by_hand(refund_id=refused.pk, by=STAFF, given_on=came.date())
    assert came <= refund.done_at <= timezone.now()


def test_a_question_that_staff_closed_does_not_come_back_by_itself(questioned, bank):
    payment = close_question(payment_id=questioned.payment_id, note="sent back by the bank", by=STAFF)
    for _again in range(2):
        all_due_now()
        sync_payment(payment_id=payment.pk)
    assert not has_open_question(payment)
    assert done() == ["payment.question_closed"]
    with pytest.raises(Refused) as refusal:
        close_question(payment_id=payment.pk, note="", by=STAFF)
    assert refusal.value.code == "wrong_state"


def test_then_it_can_be_paid_anew(questioned, bank, shop):
    payment = close_question(payment_id=questioned.payment_id, note="", by=STAFF)
    open_checkout(payment_id=payment.pk, return_url=RETURN_URL)
    second = payment.attempts.get(number=2)
    bank.pay(second)
    assert sync_payment(payment_id=payment.pk).status == "paid"
    assert shop.told == [payment.pk]


def test_if_the_gateway_says_something_new_it_is_a_question_again(questioned, bank):
    payment = close_question(payment_id=questioned.payment_id, note="", by=STAFF)
    bank.change(questioned, amount=Decimal("12.00"))
    sync_payment(payment_id=payment.pk)
    assert has_open_question(payment)
