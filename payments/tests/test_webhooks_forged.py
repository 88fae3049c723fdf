"""What is forged or makes no sense leaves nothing but a number, whoever it pretends to come from."""

from __future__ import annotations

import json
import logging
import time

import pytest
import time_machine
from django.utils import timezone

from core.errors import Refused
from core.logs import without_secrets
from core.models import AuditEvent
from payments.local_gateways import mercadopago, wompi
from payments.local_gateways import stripe_books as stripe
from payments.models import ProviderEvent
from payments.services import refusals

pytestmark = pytest.mark.django_db

URL = "/api/v1/payments/webhook/{}"


def post(client, gateway: str, body: bytes, headers: dict[str, str] | None = None, query: str = "") -> int:
    sent = {name: value for name, value in (headers or {}).items() if name != "Content-Type"}
    url = URL.format(gateway) + query
    return client.post(url, body, content_type="application/json", headers=sent).status_code


@pytest.mark.parametrize("gateway", ["stripe", "mercadopago", "wompi"])
def test_only_counted(companies, client, gateway):
    today = timezone.now().date()
    before = refusals.refused_on(gateway, today)
    answers = {post(client, gateway, body) for body in (b"", b"{}", b'{"id": "evt_1"}', b"\x00" * 9000)}
    assert answers <= {400, 401}
    assert refusals.refused_on(gateway, today) == before + 4
    assert not ProviderEvent.objects.exists()
    assert not AuditEvent.objects.filter(route="payment_webhook").exists()


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b'{"type": "charge.refunded"}',
        b'{"type": "charge.refunded", "data": {"object": []}}',
        b'{"type": "charge.refunded", "id": "e", "data": {"object": {"object": "charge", "payment_intent": 7}}}',
        b'{"type": "charge.refunded", "id": {}, "data": {"object": {"object": "charge", "payment_intent": "p"}}}',
        b'{"type": "charge.refunded", "id": "e", "data": {"object": {"object": "charge", "payment_intent": null}}}',
        b"[" * 60_000,
    ],
)
def test_signed_by_stripe_and_no_event(companies, client, body):
    assert post(client, "stripe", body, stripe.signed(body)) == 400
    assert not ProviderEvent.objects.exists()


def test_events_that_are_no_concern_of_ours_are_thanked_for(companies, client):
    body = json.dumps({"id": "evt_1", "type": "customer.created", "data": {"object": {}}}).encode()
    assert post(client, "stripe", body, stripe.signed(body)) == 200
    headers, body = wompi.signed({"event": "nequi_token.updated", "data": {"transaction": _any()}})
    assert post(client, "wompi", body, headers) == 200
    assert not ProviderEvent.objects.exists()


def _any() -> dict:
    return {"id": "1", "status": "APPROVED", "amount_in_cents": 1}


@pytest.mark.parametrize("seconds", [-301, 301])
def test_stripes_signature_is_good_for_five_minutes(companies, client, seconds):
    body = b'{"type": "x"}'
    with time_machine.travel(time.time(), tick=False):  # a second later it is a second less ahead
        signed = stripe.signed(body, timestamp=int(time.time()) + seconds)
        assert post(client, "stripe", body, signed) == 401


@pytest.mark.parametrize(("days", "status"), [(4, 200), (6, 401), (-6, 401)])
def test_mercadopagos_for_as_long_as_it_tries(companies, client, days, status):
    moment = int((time.time() - days * 86400) * 1000)
    assert (
        post(
            client, "mercadopago", b"{}", mercadopago.signed("7", timestamp=moment), "?data.id=7&type=payment"
        )
        == status
    )


def test_a_million_bytes_are_refused(companies, client):
    assert {post(client, name, b"x" * 1_000_000) for name in ("stripe", "mercadopago", "wompi")} == {413}


def test_the_vendors_vector_of_stripe(companies):
    header = stripe.signed(b'{"id":"evt_1"}', secret="whsec_test", timestamp=1700000000)["Stripe-Signature"]
    assert header.endswith("v1=c89214b5b5da833daed6f0b8c5bb6bd58cea9022bd80ccc78230f3942d632925")


def test_no_key_reaches_a_log(companies, shop, caplog, settings):
    """Wrong ones too: what a company says of them may quote them."""
    caplog.set_level(logging.DEBUG)
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    settings.MERCADOPAGO_ACCESS_TOKEN = "TEST-1-wrong"
    settings.WOMPI_PRIVATE_KEY = "prv_test_wrong"
    for name in ("stripe", "mercadopago"):
        settings.PAYMENT_GATEWAYS = [name]
        with pytest.raises(Refused):
            shop.opened(amount="25000", currency="COP")
    for secret in ("sk_test_wrong", "TEST-1-wrong", "prv_test_wrong", "whsec_local"):
        assert secret not in caplog.text
        assert secret not in without_secrets(f"Bearer {secret}!")
