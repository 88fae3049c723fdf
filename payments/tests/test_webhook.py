from __future__ import annotations

import json
import time

import pytest

from payments.gateways.base import GatewayUnavailable
from payments.models import Attempt, PaymentStatus, ProviderEvent
from payments.sandbox import services as company
from payments.services import inbox
from payments.tests.conftest import all_due_now, sandbox_event, signed

pytestmark = pytest.mark.django_db


def pay(attempt: Attempt) -> None:
    company.pay(checkout_id=attempt.provider_ref)


def test_a_webhook_is_stored_and_its_hint_followed(shop, sandbox, post_webhook):
    attempt = shop.opened()
    pay(attempt)
    raw = sandbox_event(attempt)
    assert post_webhook(raw, signed(raw)).status_code == 200
    assert inbox.process_due() == 1
    assert shop.told == [attempt.payment_id]
    assert ProviderEvent.objects.get().outcome == "settled"


def test_the_same_event_is_stored_once(shop, sandbox, post_webhook):
    attempt = shop.opened()
    pay(attempt)
    raw = sandbox_event(attempt)
    assert {post_webhook(raw, signed(raw)).status_code for _ in range(10)} == {200}
    assert ProviderEvent.objects.count() == 1


def test_other_events_of_the_same_money_settle_nothing_again(shop, sandbox, post_webhook):
    attempt = shop.opened()
    pay(attempt)
    for _ in range(3):
        raw = sandbox_event(attempt)
        post_webhook(raw, signed(raw))
    inbox.process_due()
    assert shop.told == [attempt.payment_id]
    assert sorted(ProviderEvent.objects.values_list("outcome", flat=True)) == [
        "known_already",
        "known_already",
        "settled",
    ]


def test_a_true_signature_over_a_lie_moves_nothing(shop, sandbox, post_webhook):
    attempt = shop.opened()  # nobody paid
    raw = sandbox_event(attempt)
    post_webhook(raw, signed(raw))
    inbox.process_due()
    attempt.payment.refresh_from_db()
    assert attempt.payment.status == PaymentStatus.PENDING
    assert ProviderEvent.objects.get().outcome == "pending"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=,v1=",
        "nonsense",
        "t=1,v1=é",
        "t=99999999999999999999999999,v1=00",
        "t=NOW,v1=" + "0" * 64,
        "t=1,v1=" + "a" * 8000,
    ],
)
def test_a_forged_webhook_leaves_no_trace(shop, sandbox, post_webhook, header):
    raw = sandbox_event(shop.opened())
    header = header.replace("NOW", str(int(time.time())))
    answer = post_webhook(raw, {"X-Sandbox-Signature": header.encode().decode("latin-1")})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "bad_signature"
    assert not ProviderEvent.objects.exists()


def test_a_changed_body_no_longer_fits_its_signature(shop, sandbox, post_webhook):
    raw = sandbox_event(shop.opened())
    headers = signed(raw)
    assert post_webhook(raw.replace(b"-1", b"-2"), headers).status_code == 401


@pytest.mark.parametrize("seconds", [-400, 301, 10**9])
def test_an_old_signature_is_not_taken_again(shop, sandbox, post_webhook, seconds):
    raw = sandbox_event(shop.opened())
    assert post_webhook(raw, signed(raw, timestamp=time.time() - seconds)).status_code == 401


def test_a_timestamp_that_is_no_number_is_refused_even_when_signed(shop, sandbox, post_webhook, settings):
    from payments.gateways.signatures import _digest

    raw = sandbox_event(shop.opened())
    header = f"t=soon,v1={_digest(settings.SANDBOX_SECRET, raw, 'soon')}"
    assert post_webhook(raw, {"X-Sandbox-Signature": header}).status_code == 401


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no json",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"[" * 60_000,
        b'{"id": 7, "reference": "a", "checkout_id": "b"}',
        json.dumps({"id": "a\0b", "reference": "a", "checkout_id": "b"}).encode(),
        json.dumps({"id": "x" * 201, "reference": "a", "checkout_id": "b"}).encode(),
        b'{"id": "", "reference": "a", "checkout_id": "b"}',
        b'{"id": "a", "reference": "", "checkout_id": ""}',
    ],
)
def test_a_signed_body_that_makes_no_sense_is_refused(sandbox, post_webhook, raw):
    answer = post_webhook(raw, signed(raw))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "malformed"
    assert not ProviderEvent.objects.exists()


def test_a_large_body_is_not_read(sandbox, post_webhook):
    raw = b"x" * (64 * 1024 + 1)
    assert post_webhook(raw, signed(raw)).status_code == 413


@pytest.mark.parametrize("provider", ["bank", "stripe", "nobody"])
def test_gateways_not_in_use_have_no_webhook(sandbox, post_webhook, provider):
    assert post_webhook(b"{}", {"X-Bank": "yes"}, provider).status_code == 404


def test_only_posting_is_possible_and_any_answer_format_is_forgiven(shop, sandbox, client, post_webhook):
    assert client.get("/api/v1/payments/webhook/sandbox").status_code == 405
    raw = sandbox_event(shop.opened())
    assert post_webhook(raw, signed(raw) | {"Accept": "text/html"}).status_code == 200


def test_an_unknown_reference_is_set_aside(shop, bank, post_webhook):
    attempt = shop.opened()
    bank.snapshots["VC-NOBODY-1"] = bank.snapshots[attempt.reference]
    post_webhook(b'{"event_id": "e", "reference": "VC-NOBODY-1"}', {"X-Bank": "yes"}, "bank")
    inbox.process_due()
    assert ProviderEvent.objects.get().outcome == "unknown_reference"


def test_a_reference_the_gateway_does_not_know_is_set_aside(bank, post_webhook):
    post_webhook(b'{"event_id": "e", "reference": "VC-NOBODY-1"}', {"X-Bank": "yes"}, "bank")
    inbox.process_due()
    assert ProviderEvent.objects.get().outcome == "NotFoundAtGateway"


def test_an_event_waits_for_a_gateway_that_is_down(shop, bank, post_webhook):
    attempt = shop.opened()
    bank.pay(attempt)
    bank.error = GatewayUnavailable
    raw = json.dumps({"event_id": "e", "reference": attempt.reference}).encode()
    post_webhook(raw, {"X-Bank": "yes"}, "bank")
    inbox.process_due()
    event = ProviderEvent.objects.get()
    assert (event.done_at, event.outcome) == (None, "GatewayUnavailable")
    bank.error = None
    all_due_now()
    inbox.process_due()
    assert shop.told == [attempt.payment_id]


def test_an_event_claimed_by_a_process_that_died_is_taken_up_again(shop, bank, post_webhook):
    attempt = shop.opened()
    bank.pay(attempt)
    raw = json.dumps({"event_id": "e", "reference": attempt.reference}).encode()
    post_webhook(raw, {"X-Bank": "yes"}, "bank")
    assert inbox._claim() is not None  # and then nothing
    assert inbox.process_due() == 0
    all_due_now()
    assert inbox.process_due() == 1
    assert shop.told == [attempt.payment_id]
