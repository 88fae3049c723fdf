"""Wompi: the signed link, events of which little is signed, and money that only a person can give back."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from django.utils import timezone

from payments.gateways import registry, wompi
from payments.local_gateways import wompi as company
from payments.models import Attempt, AttemptStatus, PaymentStatus, ProviderEvent, Refund, RefundStatus
from payments.services import checkout, close_payment, open_checkout, polling, refunds, request_refund
from payments.tests.conftest import RETURN_URL, all_due_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _wompi_alone(companies, settings):
    settings.PAYMENT_GATEWAYS = ["wompi"]


@pytest.fixture
def attempt(shop, companies) -> Attempt:
    """Opened in a browser: before that Wompi knows of nothing."""
    attempt = shop.opened(amount="25000", currency="COP")
    assert httpx.get(attempt.checkout_url, trust_env=False).status_code == 200
    return attempt


def is_paid(attempt: Attempt) -> bool:
    attempt.payment.refresh_from_db()
    return attempt.payment.status == PaymentStatus.PAID


def last_transaction(companies) -> dict:
    return list(companies.world.wompi.table("transactions").values())[-1]


def test_the_vendors_vector_of_the_link():
    right = "37c8407747e595535433ef8f6a811d853cd943046624a0ec04662b17bbf33bf5"
    secret = "prod_integrity_Z5mMke9x0k8gpErbDqwrJXMqsI6SFli6"
    assert wompi.integrity(secret, "sk8-438k4-xmxm392-sn2m", 2490000, "COP") == right


def test_a_link_that_was_changed_is_refused(attempt):
    cheaper = attempt.checkout_url.replace("amount-in-cents=2500000", "amount-in-cents=2500")
    assert httpx.get(cheaper, trust_env=False).status_code == 422


def test_the_link_says_what_is_owed_and_until_when(attempt):
    link = dict(parse_qsl(urlsplit(attempt.checkout_url).query))
    assert (link["amount-in-cents"], link["currency"]) == ("2500000", "COP")
    assert (link["reference"], link["redirect-url"]) == (attempt.reference, RETURN_URL)
    assert link["expiration-time"].endswith(".000Z")


def test_paying_settles_by_webhook(shop, attempt, companies):
    companies.press(attempt, "pay")
    assert companies.bring() == [200]
    assert shop.told == [attempt.payment_id]
    attempt.refresh_from_db()
    assert attempt.money_ref == last_transaction(companies)["id"]


def test_nothing_is_known_before_somebody_opens_the_link(shop, companies, caplog):
    shop.opened(amount="25000", currency="COP")
    all_due_now()
    assert polling.poll_due() == 1
    assert not caplog.records


def test_a_lost_event_is_made_good_by_asking(shop, attempt, companies):
    companies.world.faults.queue("lose")
    companies.press(attempt, "pay")
    all_due_now()
    polling.poll_due()
    assert shop.told == [attempt.payment_id]


def test_declined_and_tried_again(attempt, companies):
    companies.press(attempt, "decline")
    companies.bring()
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.FAILED
    assert open_checkout(payment_id=attempt.payment_id, return_url=RETURN_URL) != attempt.checkout_url


def test_a_bank_that_takes_its_time_pays_late(shop, attempt, companies):
    companies.press(attempt, "transfer")
    close_payment(payment_id=attempt.payment_id)
    checkout.end_checkouts(attempt.payment_id)
    Attempt.objects.update(expires_at=timezone.now() - timedelta(hours=2))
    all_due_now()
    polling.poll_due()
    assert not is_paid(attempt)
    companies.press(attempt, "arrives")
    companies.bring()
    assert is_paid(attempt)


def test_a_card_is_voided_whole(attempt, companies):
    companies.press(attempt, "pay")
    companies.bring()
    request_refund(payment_id=attempt.payment_id, reason="rejected")
    companies.world.faults.queue("late_500")
    refunds.execute_due()
    all_due_now()
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.SUCCEEDED
    assert last_transaction(companies)["status"] == "VOIDED"


@pytest.mark.parametrize(("how", "amount"), [("transfer", None), ("pay", Decimal("10000"))])
def test_what_cannot_be_voided_is_a_task_for_staff(attempt, companies, how, amount):
    """Transfers never can be, and no card in part."""
    companies.press(attempt, how)
    if how == "transfer":
        companies.press(attempt, "arrives")
    companies.bring()
    request_refund(payment_id=attempt.payment_id, amount=amount, reason="late")
    refunds.execute_due()
    assert Refund.objects.get().status == RefundStatus.MANUAL
    assert last_transaction(companies)["status"] == "APPROVED"


def test_another_sellers_transaction_with_our_reference_pays_nothing(attempt, companies):
    """Whoever has our events secret could name one; any transaction can be asked for, only ours are listed."""
    companies.press(attempt, "pay")
    transaction = last_transaction(companies)
    world = companies.world.wompi
    listed = world._transactions_of
    world._transactions_of = lambda reference: []
    companies.bring()
    world._transactions_of = listed
    assert not is_paid(attempt)
    assert ProviderEvent.objects.get().outcome == "not_ours"
    assert transaction["status"] == "APPROVED"


def event_of(attempt: Attempt, **changes) -> dict:
    facts = {"id": "1234-1", "status": "APPROVED", "amount_in_cents": 2500000, "reference": attempt.reference}
    return {"event": "transaction.updated", "data": {"transaction": facts | changes}}


def post(client, headers: dict[str, str], body: bytes) -> int:
    url = "/api/v1/payments/webhook/wompi"
    checksum = {"X-Event-Checksum": headers["X-Event-Checksum"]}
    return client.post(url, body, content_type="application/json", headers=checksum).status_code


def test_a_changed_status_no_longer_fits(attempt, client):
    headers, body = company.signed(event_of(attempt, status="DECLINED"))
    assert post(client, headers, body.replace(b"DECLINED", b"APPROVED")) == 401


def test_digits_cannot_slide_from_the_amount_to_the_time(attempt, client):
    now = int(time.time())
    headers, body = company.signed(event_of(attempt), timestamp=now)
    changed = json.loads(body)
    changed["data"]["transaction"]["amount_in_cents"] = 25000001
    changed["timestamp"] = int(str(now)[1:])
    assert post(client, headers, json.dumps(changed).encode()) == 401


def test_an_event_that_does_not_sign_what_matters_is_refused(attempt, client):
    headers, body = company.signed(event_of(attempt), properties=("transaction.id", "transaction.status"))
    assert post(client, headers, body) == 401


@pytest.mark.parametrize(("hours", "status"), [(27, 200), (29, 401), (-1, 401)])
def test_retries_of_a_day_are_taken_older_ones_not(attempt, client, hours, status):
    headers, body = company.signed(event_of(attempt), timestamp=int(time.time()) - hours * 3600)
    assert post(client, headers, body) == status


def test_the_checksum_may_be_written_in_capitals(attempt, client):
    headers, body = company.signed(event_of(attempt))
    checksum = headers["X-Event-Checksum"]
    assert post(client, headers, body.replace(checksum.encode(), checksum.upper().encode())) == 200


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"signature": 1}', b"[" * 50_000, b"\xff"])
def test_what_is_no_event_is_refused(companies, client, raw):
    assert post(client, {"X-Event-Checksum": "x"}, raw) == 400
    assert not ProviderEvent.objects.exists()


def test_pesos_alone(companies):
    assert registry.offers(Decimal("25000.50"), "COP") != []
    assert registry.offers(Decimal("25000.505"), "COP") == []
    assert registry.offers(Decimal("25000"), "USD") == []
