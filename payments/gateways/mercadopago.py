"""MercadoPago (Checkout Pro) by its own SDK: one preference for each attempt, and maybe many payments for that."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from mercadopago.webhook import InvalidWebhookSignatureError, WebhookSignatureValidator

from core.money import decimals
from payments.gateways import amounts, registry
from payments.gateways.base import (
    BadSignature,
    Capabilities,
    Checkout,
    Dispute,
    DisputeStatus,
    Gateway,
    GatewayRefused,
    Hint,
    MalformedWebhook,
    MoneyStatus,
    NotFoundAtGateway,
    RefundOutcome,
    Snapshot,
)
from payments.gateways.mercadopago_api import REAL_API, options, said, sdk, seller
from payments.models import Attempt

# What each country's accounts are paid in, and with how many decimals.
DECIMALS = {"ARS": 2, "BRL": 2, "CLP": 0, "COP": 0, "MXN": 2, "PEN": 2, "UYU": 2}
# The last try to deliver a webhook comes four days after the first, signed as that was.
OLDEST_WEBHOOK = timedelta(days=5)
PAGE = 100
CHARGEBACK = "chargeback/"
# Paid in a shop, days later, while the time is held for minutes.
TOO_SLOW = [{"id": "ticket"}, {"id": "atm"}]

_WAS_PAID = ("approved", "refunded", "charged_back", "in_mediation")
_ON_ITS_WAY = ("pending", "in_process", "authorized")
_REFUND = {
    "approved": RefundOutcome.SUCCEEDED,
    "rejected": RefundOutcome.FAILED,
    "cancelled": RefundOutcome.FAILED,
}
_CHARGEBACK = {"settled": DisputeStatus.LOST, "reimbursed": DisputeStatus.WON}

Json = dict[str, Any]


@registry.register
class MercadoPagoGateway(Gateway):
    name = "mercadopago"
    title = "Mercado Pago"
    capabilities = Capabilities(pays_once=False)

    def problems(self) -> list[str]:
        found = []
        if not settings.MERCADOPAGO_ACCESS_TOKEN.startswith(("APP_USR-", "TEST-")):
            found.append("MERCADOPAGO_ACCESS_TOKEN is no access token (APP_USR-... or TEST-...).")
        if not settings.MERCADOPAGO_WEBHOOK_SECRET:
            found.append("MERCADOPAGO_WEBHOOK_SECRET is empty: no webhook could be believed.")
        if settings.MERCADOPAGO_CURRENCY not in DECIMALS:
            found.append(f"MERCADOPAGO_CURRENCY must be the account's: one of {', '.join(DECIMALS)}.")
        return found

    def supports(self, currency: str) -> bool:
        return currency == settings.MERCADOPAGO_CURRENCY

    def decimals(self, currency: str) -> int:
        return DECIMALS.get(currency, decimals(currency))

    def create_checkout(self, attempt: Attempt) -> Checkout:
        ends = attempt.expires_at or attempt.created_at + timedelta(hours=24)
        price = _number(attempt.amount, attempt.currency)
        title = attempt.description or attempt.reference
        asked = {
            "external_reference": attempt.reference,
            "items": [
                {"title": title, "quantity": 1, "unit_price": price, "currency_id": attempt.currency},
            ],
            "back_urls": dict.fromkeys(("success", "pending", "failure"), attempt.return_url),
            "binary_mode": True,
            "payment_methods": {"excluded_payment_types": TOO_SLOW},
            "expires": True,
            "expiration_date_from": _written(attempt.created_at),
            "expiration_date_to": _written(ends),
        }
        if attempt.return_url.startswith("https:"):
            asked["auto_return"] = "approved"
        if settings.HTTPS or settings.MERCADOPAGO_API_URL != REAL_API:
            # MercadoPago reports to nobody without https: then only asking is left.
            path = reverse("payment_webhook", args=[self.name])
            asked["notification_url"] = f"{settings.PUBLIC_URL}{path}?source_news=webhooks"
        made = said(lambda: sdk().preference().create(asked, options(attempt.pk.hex)))
        return Checkout(url=made["init_point"], provider_ref=made["id"], expires_at=ends)

    def parse_webhook(
        self, headers: Mapping[str, str], raw_body: bytes, query: Mapping[str, str]
    ) -> Hint | None:
        """The body is not signed, and not read."""
        data_id, signature = query.get("data.id", ""), headers.get("X-Signature", "")
        request_id = headers.get("X-Request-Id", "")
        _verify(signature, request_id, data_id)
        kind = query.get("type", "")
        if kind not in ("payment", "topic_chargebacks_wh"):
            return None
        if not (data_id.isascii() and data_id.isdigit()):
            raise MalformedWebhook("it names no payment")
        about = data_id if kind == "payment" else f"{CHARGEBACK}{data_id}"
        return Hint(event_id=f"{about}:{request_id}:{_timestamp(signature)}", provider_ref=about)

    def fetch(self, hint: Hint) -> Snapshot:
        named = hint.provider_ref
        if named.startswith(CHARGEBACK):
            chargeback = said(lambda: sdk().chargeback().get(hint.provider_ref.removeprefix(CHARGEBACK)))
            named = str(chargeback["payments"][0])
        payment = said(lambda: sdk().payment().get(named)) if named.isdigit() else None
        reference = payment["external_reference"] if payment else hint.reference
        payments = _payments_of(reference, payment)
        if payments:
            return _of_payments(payments)
        if not named:
            raise NotFoundAtGateway(reference)
        return _of_preference(said(lambda: sdk().preference().get(named)))

    def paid_since(self, moment: datetime) -> Iterator[Snapshot]:
        dates = {"begin_date": _written(moment), "end_date": _written(timezone.now())}
        asked = {"range": "date_created", **dates, "status": "approved", "limit": PAGE}
        for number in count():
            page = {**asked, "offset": number * PAGE}
            found = said(lambda page=page: sdk().payment().search(page))["results"]
            yield from (_snapshot(one, MoneyStatus.PAID) for one in found)
            if len(found) < PAGE:
                return

    def refund(self, attempt: Attempt, amount: Decimal, key: str) -> RefundOutcome:
        payment_id = attempt.money_ref or _of_payments(_payments_of(attempt.reference, None)).money_ref
        asked = {"amount": _number(amount, attempt.currency)}
        made = said(lambda: sdk().refund().create(payment_id, asked, options(key)))
        if made["status"] not in _REFUND:
            # Under its key that stays the answer: what became of it stands elsewhere.
            made = said(lambda: sdk().refund().get(payment_id, made["id"]))
        return _REFUND.get(made["status"], RefundOutcome.PENDING)

    def expire_checkout(self, attempt: Attempt) -> bool:
        if not attempt.provider_ref:
            raise NotFoundAtGateway(attempt.reference)  # whatever there is, nobody knows its address
        over = {"expires": True, "expiration_date_to": _written(timezone.now())}
        said(lambda: sdk().preference().update(attempt.provider_ref, over))
        payments = _payments_of(attempt.reference, None)
        return not any(one["status"] in _WAS_PAID + _ON_ITS_WAY for one in payments)


def _payments_of(reference: str, fetched: Json | None) -> list[Json]:
    """All payments under our reference; `fetched` as it is now, though the search may not know of it yet."""
    filters = {"external_reference": reference, "limit": 50}
    found = said(lambda: sdk().payment().search(filters))["results"] if reference else []
    known = {one["id"]: one for one in [*found, *([fetched] if fetched else [])]}
    return sorted(known.values(), key=lambda one: one["date_approved"] or one["date_created"])


def _of_payments(payments: list[Json]) -> Snapshot:
    """What came first pays; whatever else was paid is told beside it."""
    if not payments:
        raise NotFoundAtGateway
    paid = [one for one in payments if one["status"] in _WAS_PAID]
    if paid:
        first, *others = (_snapshot(one, MoneyStatus.PAID) for one in paid)
        return dataclasses.replace(first, others=tuple(others))
    waiting = [one for one in payments if one["status"] in _ON_ITS_WAY]
    if waiting:
        return _snapshot(waiting[-1], MoneyStatus.PROCESSING)
    return _snapshot(payments[-1], MoneyStatus.FAILED)


def _snapshot(payment: Json, status: MoneyStatus) -> Snapshot:
    amount = _decimal(payment["transaction_amount"])
    real = payment["live_mode"] or settings.MERCADOPAGO_ACCESS_TOKEN.startswith("TEST-")
    return Snapshot(
        status=status,
        amount=amount,
        currency=payment["currency_id"],
        refunded=_decimal(payment.get("transaction_amount_refunded") or 0),
        reference=payment["external_reference"] or "",
        money_ref=str(payment["id"]),
        ours=bool(real and payment["collector_id"] == seller()),
        disputes=_disputes(payment, amount),
    )


def _disputes(payment: Json, amount: Decimal) -> tuple[Dispute, ...]:
    if payment["status"] not in ("charged_back", "in_mediation"):
        return ()
    detail = payment["status_detail"] or ""
    status = _CHARGEBACK.get(detail, DisputeStatus.OPEN)
    return (Dispute(id=str(payment["id"]), amount=amount, status=status, reason=payment["status"]),)


def _of_preference(preference: Json) -> Snapshot:
    """Nobody has paid anything yet."""
    until = preference.get("expiration_date_to") if preference.get("expires") else None
    over = until is not None and datetime.fromisoformat(until) <= timezone.now()
    item = preference["items"][0]
    return Snapshot(
        status=MoneyStatus.EXPIRED if over else MoneyStatus.PENDING,
        amount=_decimal(item["unit_price"]) * item["quantity"],
        currency=item["currency_id"],
        refunded=Decimal(0),
        reference=preference["external_reference"] or "",
        ours=preference["collector_id"] == seller(),
    )


def _verify(signature: str, request_id: str, data_id: str) -> None:
    """Raises BadSignature. Some ids are signed in lower case, whatever case they are sent in."""
    for written in dict.fromkeys((data_id, data_id.lower())):
        try:
            # Its tolerance takes milliseconds for seconds: the age is looked at below.
            WebhookSignatureValidator.validate(
                signature, request_id, written, settings.MERCADOPAGO_WEBHOOK_SECRET
            )
        except (InvalidWebhookSignatureError, TypeError, ValueError):
            continue
        if abs(time.time() - _timestamp(signature)) > OLDEST_WEBHOOK.total_seconds():
            raise BadSignature("signed too long ago")
        return
    raise BadSignature("the signature does not fit")


def _timestamp(signature: str) -> float:
    """Seconds since 1970, from milliseconds (or seconds) in a header that was verified."""
    parts = dict(part.strip().partition("=")[::2] for part in signature.split(","))
    moment = int(parts["ts"])
    return moment / 1000 if moment > 10**11 else moment


def _number(amount: Decimal, currency: str) -> float | int:
    """As the SDK takes it: it knows no Decimal. The shortest float is written as the amount was."""
    if not amounts.fits(amount, DECIMALS.get(currency, 0)):
        raise GatewayRefused("amount_does_not_fit")
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _decimal(number: float | int) -> Decimal:
    return Decimal(str(number))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
