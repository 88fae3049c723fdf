"""Stripe by its own SDK: one Checkout Session for each attempt, named by our reference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import stripe
from django.conf import settings

from core.money import decimals
from payments.gateways import amounts, registry, signatures, stripe_currencies
from payments.gateways.base import (
    Checkout,
    Dispute,
    DisputeStatus,
    Gateway,
    GatewayError,
    GatewayRefused,
    GatewayUnavailable,
    Hint,
    MalformedWebhook,
    MoneyStatus,
    NotFoundAtGateway,
    RefundOutcome,
    Snapshot,
)
from payments.models import Attempt

# A session lives 30 minutes at least, counted when the call arrives: one that was slow must still fit. Where less
# time is left the session is ended by us.
SHORTEST = timedelta(minutes=32)
# What is paid in a shop days later, while the time is held for minutes.
TOO_SLOW = ["boleto", "customer_balance", "konbini", "multibanco", "oxxo"]
# How often we may meet a 500 that Stripe keeps repeating under one key.
MAX_KEYS = 5

CONCERNS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "charge.refunded",
        "charge.refund.updated",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
_REFUND = {
    "succeeded": RefundOutcome.SUCCEEDED,
    "failed": RefundOutcome.FAILED,
    "canceled": RefundOutcome.FAILED,
}
_DISPUTE = {"won": DisputeStatus.WON, "warning_closed": DisputeStatus.WON, "lost": DisputeStatus.LOST}

Json = dict[str, Any]


class FailedThere(GatewayUnavailable):
    """Stripe answered that it failed."""


class FailedBefore(FailedThere):
    """It repeats that as the answer to this key."""


@registry.register
class StripeGateway(Gateway):
    name = "stripe"
    title = "Stripe"

    def problems(self) -> list[str]:
        found = []
        if not settings.STRIPE_SECRET_KEY.startswith(("sk_test_", "sk_live_", "rk_test_", "rk_live_")):
            found.append("STRIPE_SECRET_KEY is no secret key (sk_... or rk_...).")
        if not settings.STRIPE_WEBHOOK_SECRET.startswith("whsec_"):
            found.append("STRIPE_WEBHOOK_SECRET is no signing secret of an endpoint (whsec_...).")
        unknown = sorted(set(settings.STRIPE_CURRENCIES) - stripe_currencies.ALL)
        if unknown:
            found.append(f"STRIPE_CURRENCIES names {', '.join(unknown)}, which Stripe does not take.")
        return found

    def supports(self, currency: str) -> bool:
        return currency in (settings.STRIPE_CURRENCIES or stripe_currencies.ALL)

    def decimals(self, currency: str) -> int:
        return min(decimals(currency), stripe_currencies.smallest(currency))

    def create_checkout(self, attempt: Attempt) -> Checkout:
        created = attempt.created_at.timestamp() + SHORTEST.total_seconds()
        ends = attempt.expires_at.timestamp() if attempt.expires_at else created
        known = {"reference": attempt.reference}
        price = {
            "currency": attempt.currency.lower(),
            "unit_amount": _units(attempt.amount, attempt.currency),
            "product_data": {"name": attempt.description or attempt.reference},
        }
        asked: Any = {
            "mode": "payment",
            "client_reference_id": attempt.reference,
            "line_items": [{"quantity": 1, "price_data": price}],
            "excluded_payment_method_types": TOO_SLOW,
            # Refunds and disputes know the payment intent alone.
            "metadata": known,
            "payment_intent_data": {"metadata": known},
            "success_url": attempt.return_url,
            "cancel_url": attempt.return_url,
            # The same for the same attempt: under one key only the very same call may be made again.
            "expires_at": int(max(created, ends)),
        }
        try:
            with _translated():
                session = _api().checkout.sessions.create(asked, _key(attempt.pk.hex)).to_dict()
        except FailedThere as error:
            # It would be the answer to this attempt from now on; the next one has a key of its own.
            raise GatewayRefused("server_error") from error
        return Checkout(
            url=session["url"] or attempt.checkout_url,
            provider_ref=session["id"],
            expires_at=datetime.fromtimestamp(session["expires_at"], UTC),
        )

    def parse_webhook(
        self, headers: Mapping[str, str], raw_body: bytes, query: Mapping[str, str]
    ) -> Hint | None:
        # The scheme is our sandbox's too; the SDK's check breaks at odd characters and takes any time to come.
        signatures.verify(settings.STRIPE_WEBHOOK_SECRET, raw_body, headers.get("Stripe-Signature", ""))
        try:
            event = json.loads(raw_body)
            if event["type"] not in CONCERNS:
                return None
            subject = event["data"]["object"]
            known = subject.get("client_reference_id") or (subject.get("metadata") or {}).get("reference")
            names_money = subject["object"] in ("checkout.session", "payment_intent")
            named = subject["id"] if names_money else subject["payment_intent"]
            return Hint(event_id=event["id"], reference=known or "", provider_ref=named)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise MalformedWebhook("no event of Stripe") from error

    def fetch(self, hint: Hint) -> Snapshot:
        with _translated():
            session = _session(hint.provider_ref)
            intent = session["payment_intent"] or {}
            charge = intent.get("latest_charge") or {}
            disputes = _disputes(intent["id"]) if charge.get("disputed") else ()
        currency = session["currency"].upper()
        return Snapshot(
            status=_status(session, intent),
            amount=stripe_currencies.from_units(session["amount_total"], currency),
            currency=currency,
            refunded=stripe_currencies.from_units(charge.get("amount_refunded") or 0, currency),
            reference=session["client_reference_id"] or "",
            money_ref=intent["id"] if charge else "",
            ours=session["livemode"] == ("_live_" in settings.STRIPE_SECRET_KEY),
            disputes=disputes,
        )

    def paid_since(self, moment: datetime) -> Iterator[Snapshot]:
        asked = {"created": {"gte": int(moment.timestamp())}, "status": "complete", "limit": 100}
        with _translated():
            for session in _api().checkout.sessions.list(asked).auto_paging_iter():
                if session.payment_status == "paid":
                    yield self.fetch(Hint(provider_ref=session.id))

    def refund(self, attempt: Attempt, amount: Decimal, key: str) -> RefundOutcome:
        with _translated():
            intent = attempt.money_ref or _session(attempt.provider_ref)["payment_intent"]["id"]
            made = _api().refunds.list({"payment_intent": intent, "limit": 100}).to_dict()["data"]
            known = next((one for one in made if (one["metadata"] or {}).get("refund") == key), None)
        refund = known or self._create_refund(attempt, amount, key, intent)
        return _REFUND.get(refund["status"], RefundOutcome.PENDING)

    def _create_refund(self, attempt: Attempt, amount: Decimal, key: str, intent: str) -> Json:
        """A 500 stays the answer to its key. There is no refund of ours: another key gives nothing twice."""
        asked: Any = {
            "payment_intent": intent,
            "amount": _units(amount, attempt.currency),
            "metadata": {"refund": key, "reference": attempt.reference},
        }
        for number in range(MAX_KEYS):
            try:
                with _translated():
                    return _api().refunds.create(asked, _key(f"{key}-{number}")).to_dict()
            except FailedBefore:
                continue
        raise GatewayUnavailable("refund answered with errors under every key")

    def expire_checkout(self, attempt: Attempt) -> bool:
        if not attempt.provider_ref:
            raise NotFoundAtGateway(attempt.reference)  # whatever there is, nobody knows its address
        with _translated():
            session = _api().checkout.sessions.retrieve(attempt.provider_ref).to_dict()
        if session["status"] == "open":
            try:
                with _translated():
                    session = _api().checkout.sessions.expire(attempt.provider_ref).to_dict()
            except GatewayRefused:
                return False  # paid just now
        return bool(session["status"] == "expired")


def _api() -> Any:
    return _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_URL, settings.GATEWAY_TIMEOUT_SECONDS).v1


@lru_cache(maxsize=4)
def _client(key: str, url: str, timeout: float) -> stripe.StripeClient:
    """Whatever failed is tried again by us, with a longer breath."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


def _key(key: str) -> Any:
    return {"idempotency_key": key}


def _session(named: str) -> Json:
    """By its own name, or by its payment intent's. Raises NotFoundAtGateway."""
    sessions = _api().checkout.sessions
    if named.startswith("pi_"):
        found = sessions.list({"payment_intent": named, "limit": 1}).to_dict()["data"]
        named = found[0]["id"] if found else ""
    if not named:
        raise NotFoundAtGateway
    session: Json = sessions.retrieve(named, {"expand": ["payment_intent.latest_charge"]}).to_dict()
    return session


def _status(session: Json, intent: Json) -> MoneyStatus:
    if session["payment_status"] == "paid":
        return MoneyStatus.PAID
    if session["status"] == "expired":
        return MoneyStatus.EXPIRED
    if session["status"] == "open":
        return MoneyStatus.PENDING
    failed = intent.get("status") in ("requires_payment_method", "canceled")
    return MoneyStatus.FAILED if failed else MoneyStatus.PROCESSING


def _disputes(intent: str) -> tuple[Dispute, ...]:
    found = _api().disputes.list({"payment_intent": intent, "limit": 10}).to_dict()["data"]
    return tuple(
        Dispute(
            id=one["id"],
            amount=stripe_currencies.from_units(one["amount"], one["currency"].upper()),
            status=_DISPUTE.get(one["status"], DisputeStatus.OPEN),
            reason=one["reason"] or "",
        )
        for one in found
    )


def _units(amount: Decimal, currency: str) -> int:
    try:
        return stripe_currencies.to_units(amount, currency)
    except amounts.DoesNotFit as error:
        raise GatewayRefused("amount_does_not_fit") from error


@contextmanager
def _translated() -> Iterator[None]:
    """Stripe's errors in our words; theirs may quote what we sent."""
    try:
        yield
    except stripe.StripeError as error:
        raise _in_our_words(error) from error


def _in_our_words(error: stripe.StripeError) -> GatewayError:
    code, status = error.code or type(error).__name__, error.http_status or 0
    if status >= 500:
        replayed = (error.headers or {}).get("Idempotent-Replayed") == "true"
        return FailedBefore(code) if replayed else FailedThere(code)
    if status == 404:
        return NotFoundAtGateway(code)
    # No answer, too many calls, the same call still running, or a key that was changed meanwhile.
    if status in (0, 401, 403, 409, 429):
        return GatewayUnavailable(code)
    return GatewayRefused(code)
