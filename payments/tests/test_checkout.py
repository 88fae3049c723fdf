from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core import outbox
from core.errors import Missing, Refused
from core.models import OutboxEvent
from payments.gateways.base import Capabilities, GatewayRefused, GatewayUnavailable, MoneyStatus
from payments.models import Attempt, AttemptStatus, Payment, PaymentStatus
from payments.services import checkout, close_payment, open_checkout, request_payment
from payments.tests.conftest import RETURN_URL

pytestmark = pytest.mark.django_db


def deliver(topic: str) -> None:
    outbox.deliver_events(list(OutboxEvent.objects.filter(topic=topic).values_list("pk", flat=True)))


def refused(payment: Payment) -> str:
    with pytest.raises(Refused) as caught:
        open_checkout(payment_id=payment.pk, return_url=RETURN_URL)
    return caught.value.code


def test_a_subject_owes_once(shop):
    subject_id = uuid.uuid4()
    first, second = (
        request_payment(subject_type="parcel", subject_id=subject_id, amount=Decimal("40"), currency="USD")
        for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize(
    ("amount", "currency"), [("0", "USD"), ("-1", "USD"), ("10.5", "CLP"), ("1.001", "USD"), ("1", "ZZZ")]
)
def test_an_amount_that_cannot_be_owed_is_refused(shop, amount, currency):
    with pytest.raises(Refused):
        shop.owes(amount=amount, currency=currency)
    assert not Payment.objects.exists()


def test_an_open_checkout_is_used_again(shop, bank):
    payment = shop.owes()
    urls = {open_checkout(payment_id=payment.pk, return_url=RETURN_URL) for _ in range(3)}
    attempt = payment.attempts.get()
    assert urls == {f"https://bank.test/{payment.reference}-1"}
    assert (attempt.status, attempt.description) == (AttemptStatus.OPEN, "Parcel (es)")
    assert len(bank.created) == 1


def test_a_failed_attempt_makes_room_for_the_next(shop, bank):
    attempt = shop.opened()
    bank.change(attempt, status=MoneyStatus.FAILED)
    checkout.polling.sync_payment(payment_id=attempt.payment_id)
    url = open_checkout(payment_id=attempt.payment_id, return_url=RETURN_URL)
    assert url.endswith("-2")


def test_a_checkout_whose_time_is_over_is_asked_for_money_before_a_new_one_opens(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    Attempt.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert refused(attempt.payment) == "already_paid"
    assert attempt.payment.attempts.count() == 1


def test_a_checkout_whose_time_is_over_is_followed_by_a_new_one(shop, bank):
    attempt = shop.opened()
    Attempt.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert open_checkout(payment_id=attempt.payment_id, return_url=RETURN_URL).endswith("-2")


def test_a_gateway_that_is_down_is_told_to_the_person_and_asked_again_with_the_same_key(shop, bank):
    payment = shop.owes()
    bank.error = GatewayUnavailable
    assert refused(payment) == "payment_unavailable"
    bank.error = None
    open_checkout(payment_id=payment.pk, return_url=RETURN_URL)
    assert bank.created == [str(payment.attempts.get().pk)]


def test_an_attempt_that_the_gateway_refuses_for_good_is_not_tried_again(shop, bank):
    payment = shop.owes()
    bank.error = GatewayRefused
    assert refused(payment) == "payment_unavailable"
    assert payment.attempts.get().status == AttemptStatus.FAILED
    bank.error = None
    assert open_checkout(payment_id=payment.pk, return_url=RETURN_URL).endswith("-2")


def test_a_crash_between_the_gateways_answer_and_our_commit_changes_nothing(shop, bank):
    payment = shop.owes()
    attempt = checkout._attempt_to_open(payment.pk, RETURN_URL, "Parcel")
    checkout.registry.gateway("bank").create_checkout(attempt)  # answered, and then the process died
    url = open_checkout(payment_id=payment.pk, return_url=RETURN_URL)
    assert url == f"https://bank.test/{attempt.reference}"
    assert bank.created == [str(attempt.pk)] * 2


def test_no_gateway_for_the_currency(shop, bank):
    assert refused(shop.owes(amount="5000", currency="XAF")) == "payment_unavailable"


def test_no_checkout_after_the_last_moment(shop, bank):
    assert refused(shop.owes(payable_until=timezone.now() - timedelta(seconds=1))) == "payment_closed"


def test_no_checkout_for_an_unknown_payment(bank):
    with pytest.raises(Missing):
        open_checkout(payment_id=uuid.uuid4(), return_url=RETURN_URL)


def test_a_closed_payment_ends_its_checkouts_at_the_gateway(shop, bank):
    attempt = shop.opened()
    close_payment(payment_id=attempt.payment_id)
    deliver("payment.closed")
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.EXPIRED
    assert bank.snapshots[attempt.reference].status == MoneyStatus.EXPIRED
    assert refused(attempt.payment) == "payment_closed"


def test_closing_while_the_gateway_is_down_is_tried_again(shop, bank):
    attempt = shop.opened()
    close_payment(payment_id=attempt.payment_id)
    bank.error = GatewayUnavailable
    with pytest.raises(GatewayUnavailable):
        checkout.end_checkouts(attempt.payment_id)
    bank.error = None
    checkout.end_checkouts(attempt.payment_id)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.EXPIRED


def test_closing_finds_the_money_that_came_first(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    close_payment(payment_id=attempt.payment_id)
    deliver("payment.closed")
    attempt.payment.refresh_from_db()
    assert attempt.payment.status == PaymentStatus.PAID
    assert shop.told == [attempt.payment_id]


def test_a_gateway_that_cannot_end_checkouts_is_not_asked_to(shop, bank):
    attempt = shop.opened()
    bank.capabilities = Capabilities(expires_checkouts=False)
    close_payment(payment_id=attempt.payment_id)
    checkout.end_checkouts(attempt.payment_id)
    assert bank.snapshots[attempt.reference].status == MoneyStatus.PENDING


def test_a_payment_closed_while_the_gateway_was_asked_gives_no_address_away(shop, bank):
    payment = shop.owes()
    attempt = checkout._attempt_to_open(payment.pk, RETURN_URL, "Parcel")
    close_payment(payment_id=payment.pk)
    with pytest.raises(Refused) as caught:
        checkout._ask_gateway(attempt)
    assert caught.value.code == "payment_closed"
    deliver("payment.closed")
    assert bank.snapshots[attempt.reference].status == MoneyStatus.EXPIRED


def test_a_paid_payment_cannot_be_closed(shop, bank):
    attempt = shop.opened()
    bank.pay(attempt)
    checkout.polling.sync_payment(payment_id=attempt.payment_id)
    close_payment(payment_id=attempt.payment_id)
    attempt.payment.refresh_from_db()
    assert attempt.payment.status == PaymentStatus.PAID
