"""MercadoPago through its SDK: a preference, maybe many payments, and what follows from them."""

from __future__ import annotations

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.errors import Refused
from payments.gateways import mercadopago, registry
from payments.gateways.base import BadSignature, hint_of
from payments.local_gateways import mercadopago as company
from payments.models import (
    Attempt,
    AttemptStatus,
    Dispute,
    PaymentStatus,
    ProviderEvent,
    Refund,
    RefundStatus,
)
from payments.selectors import decimals_to_give_back
from payments.services import checkout, close_payment, open_checkout, polling, refunds, request_refund
from payments.tests.conftest import RETURN_URL, all_due_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mercadopago_alone(companies, settings):
    settings.PAYMENT_GATEWAYS = ["mercadopago"]


@pytest.fixture
def attempt(shop, companies) -> Attempt:
    return shop.opened(amount="25000", currency="COP")


def is_paid(attempt: Attempt) -> bool:
    attempt.payment.refresh_from_db()
    return attempt.payment.status == PaymentStatus.PAID


def only_payment(companies) -> dict:
    return next(iter(companies.world.mercadopago.table("payments").values()))


def test_the_preference_says_what_is_owed_and_until_when(attempt, companies):
    preference = companies.world.mercadopago.table("preferences")[attempt.provider_ref]
    assert preference["external_reference"] == attempt.reference
    assert preference["items"][0]["unit_price"] == 25000
    assert attempt.checkout_url == preference["init_point"]
    assert preference["notification_url"].endswith("/payments/webhook/mercadopago?source_news=webhooks")
    assert {"id": "ticket"} in preference["payment_methods"]["excluded_payment_types"]


def test_paying_settles_by_webhook(shop, attempt, companies):
    companies.press(attempt, "pay")
    assert companies.bring() == [200]
    assert shop.told == [attempt.payment_id]
    assert ProviderEvent.objects.get().outcome == "settled"


def test_doubled_forged_and_late_webhooks_change_nothing(shop, attempt, companies):
    companies.world.faults.webhooks.extend(["duplicate", "forge"])
    companies.press(attempt, "review")
    companies.press(attempt, "approve")
    assert sorted(companies.bring()) == [200, 200, 200, 200, 401]
    assert shop.told == [attempt.payment_id]
    assert ProviderEvent.objects.count() == 2


def test_a_lost_webhook_is_made_good_by_asking(shop, attempt, companies):
    companies.world.faults.queue("lose")
    companies.press(attempt, "pay")
    all_due_now()
    polling.poll_due()
    assert shop.told == [attempt.payment_id]


def test_a_rejected_card_is_seen_and_another_try_is_another_preference(attempt, companies):
    companies.press(attempt, "decline")
    companies.bring()
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.FAILED
    assert open_checkout(payment_id=attempt.payment_id, return_url=RETURN_URL) != attempt.checkout_url


def test_what_is_looked_into_first_may_be_approved_after_the_end(shop, attempt, companies):
    companies.press(attempt, "review")
    companies.bring()
    close_payment(payment_id=attempt.payment_id)
    checkout.end_checkouts(attempt.payment_id)
    Attempt.objects.update(expires_at=timezone.now() - timedelta(hours=1))
    companies.press(attempt, "approve")
    companies.bring()
    assert is_paid(attempt)


def test_the_preference_takes_nothing_after_the_time_to_pay(attempt, companies):
    close_payment(payment_id=attempt.payment_id)
    checkout.end_checkouts(attempt.payment_id)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.EXPIRED
    assert companies.of(attempt).sales()[0].buttons == ()


def test_a_preference_paid_twice_gives_the_second_money_back(shop, attempt, companies):
    companies.press(attempt, "pay")
    companies.press(attempt, "pay")
    companies.bring()
    refunds.execute_due()
    assert shop.told == [attempt.payment_id]
    first, second = sorted(companies.world.mercadopago.table("payments").values(), key=lambda row: row["id"])
    assert {first["transaction_amount_refunded"], second["transaction_amount_refunded"]} == {0, 25000}
    assert Refund.objects.get().reason == "second_payment"


def test_a_second_payment_of_which_no_webhook_told_is_found(attempt, companies):
    companies.press(attempt, "pay")
    companies.bring()
    companies.world.faults.queue("lose")
    companies.press(attempt, "pay")
    all_due_now()
    polling.poll_due()
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    all_due_now()
    polling.poll_due()
    assert Refund.objects.count() == 1


def test_once_paid_the_preference_is_ended(attempt, companies):
    companies.press(attempt, "pay")
    companies.bring()
    checkout.end_checkouts(attempt.payment_id)
    assert "pay" not in {button.name for button in companies.of(attempt).sales()[0].buttons}


def test_another_sellers_payment_pays_nothing(attempt, companies):
    companies.press(attempt, "pay")
    only_payment(companies)["collector_id"] = 42
    companies.bring()
    assert not is_paid(attempt)
    assert ProviderEvent.objects.get().outcome == "not_ours"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [("transaction_amount", 24999, "wrong_amount"), ("currency_id", "CLP", "wrong_currency")],
)
def test_other_money_than_asked_for_pays_nothing(attempt, companies, field, value, problem):
    companies.press(attempt, "pay")
    only_payment(companies)[field] = value
    companies.bring()
    attempt.refresh_from_db()
    assert attempt.problem == problem
    assert not is_paid(attempt)


@pytest.mark.parametrize("fault", ["cut", "late_500", "500"])
def test_a_refund_happens_once_whatever_goes_wrong(attempt, companies, fault):
    companies.press(attempt, "pay")
    companies.bring()
    request_refund(payment_id=attempt.payment_id, amount=Decimal("10000"), reason="late")
    companies.world.faults.queue(fault)
    refunds.execute_due()
    all_due_now()
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert only_payment(companies)["transaction_amount_refunded"] == 10000
    assert registry.gateway("mercadopago").fetch(hint_of(attempt)).refunded == 10000


def test_a_chargeback_is_recorded_with_its_end(attempt, companies):
    companies.press(attempt, "pay")
    companies.press(attempt, "dispute")
    companies.bring()
    assert Dispute.objects.get().status == "open"
    companies.press(attempt, "win")
    companies.bring()
    assert Dispute.objects.get().status == "won"
    assert is_paid(attempt)


def test_amounts_that_do_not_fit_are_not_offered(companies):
    assert registry.offers(Decimal("25000.50"), "COP") == []
    assert registry.offers(Decimal("25000"), "USD") == []


def test_the_vendors_signature(companies, settings):
    """The vector of the vendor's documentation, on its day."""
    settings.MERCADOPAGO_WEBHOOK_SECRET = "mp_secret"
    right = "663824f97971bdde3028c6da7615fb6c44e564ed2af69be49653437c3dc25615"
    headers = {"X-Signature": f"ts=1704908010000,v1={right}", "X-Request-Id": "req-1"}
    with pytest.raises(BadSignature, match="too long ago"):
        mercadopago._verify(headers["X-Signature"], "req-1", "1234567890")
    with pytest.raises(BadSignature, match="does not fit"):
        mercadopago._verify(headers["X-Signature"], "req-1", "1234567891")


@pytest.mark.parametrize(
    "signature", ["", "ts=1", "v1=a", "ts=soon,v1=0", "ts=1,v1=é", "ts=" + "9" * 400 + ",v1=0", "," * 9000]
)
def test_forged_signatures(attempt, client, signature):
    url = "/api/v1/payments/webhook/mercadopago?data.id=1&type=payment"
    headers = {"X-Signature": signature.encode().decode("latin-1"), "X-Request-Id": "r"}
    assert client.post(url, b"{}", content_type="application/json", headers=headers).status_code == 401
    assert not ProviderEvent.objects.exists()


def test_other_topics_are_thanked_for_and_dropped(attempt, client):
    headers = company.signed("77", timestamp=int(time.time() * 1000))
    headers.pop("Content-Type")
    url = "/api/v1/payments/webhook/mercadopago?data.id=77&type=topic_merchant_order_wh"
    assert client.post(url, b"{}", content_type="application/json", headers=headers).status_code == 200
    assert not ProviderEvent.objects.exists()


def test_what_it_cannot_give_back_is_refused_before_it_is_asked(attempt, companies):
    companies.press(attempt, "pay")
    companies.bring()
    with pytest.raises(Refused) as refusal:
        request_refund(payment_id=attempt.payment_id, amount=Decimal("0.50"), reason="kindness")
    assert (refusal.value.code, refusal.value.attr) == ("invalid_amount", "amount")
    assert decimals_to_give_back(attempt.payment) == 0
