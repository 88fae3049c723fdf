"""Wompi (Colombia), which has no SDK: a signed link to its checkout, and questions by HTTP."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings
from django.utils import timezone

from payments.gateways import amounts, registry
from payments.gateways.base import (
    BadSignature,
    Capabilities,
    Checkout,
    Gateway,
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

CURRENCY, DECIMALS = "COP", 2
APIS = {"test": "https://sandbox.wompi.co/v1", "prod": "https://production.wompi.co/v1"}
# What must be signed for an event to say anything.
SIGNED = frozenset({"transaction.id", "transaction.status", "transaction.amount_in_cents"})
# Events are tried again half an hour, 3 and 24 hours later, signed as the first time.
OLDEST_EVENT = timedelta(hours=28)
EARLIEST_EVENT = timedelta(minutes=5)  # clocks differ

_SETTINGS = {
    "WOMPI_PUBLIC_KEY": ("pub_test_", "pub_prod_"),
    "WOMPI_PRIVATE_KEY": ("prv_test_", "prv_prod_"),
    "WOMPI_INTEGRITY_SECRET": ("test_integrity_", "prod_integrity_"),
    "WOMPI_EVENTS_SECRET": ("test_events_", "prod_events_"),
}
MAX_PAGES = 1000
_WAS_PAID = ("APPROVED", "VOIDED")

Json = dict[str, Any]


@registry.register
class WompiGateway(Gateway):
    name = "wompi"
    title = "Wompi"
    capabilities = Capabilities(expires_checkouts=False, partial_refunds=False, pays_once=False)

    def problems(self) -> list[str]:
        found = [
            f"{name} must begin with {' or '.join(beginnings)}."
            for name, beginnings in _SETTINGS.items()
            if not getattr(settings, name).startswith(beginnings)
        ]
        if not found and len({_world_of(name) for name in _SETTINGS}) > 1:
            found.append("WOMPI_PUBLIC_KEY and the other WOMPI_ settings mix test and production.")
        return found

    def supports(self, currency: str) -> bool:
        return currency == CURRENCY

    def create_checkout(self, attempt: Attempt) -> Checkout:
        """Nobody is asked: the link itself says what is to be paid, signed by us."""
        ends = attempt.expires_at or attempt.created_at + timedelta(hours=24)
        try:
            cents = amounts.to_units(attempt.amount, DECIMALS)
        except amounts.DoesNotFit as error:
            raise GatewayRefused("amount_does_not_fit") from error
        until = ends.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        fields = {
            "public-key": settings.WOMPI_PUBLIC_KEY,
            "currency": attempt.currency,
            "amount-in-cents": str(cents),
            "reference": attempt.reference,
            "signature:integrity": integrity(
                settings.WOMPI_INTEGRITY_SECRET, attempt.reference, cents, attempt.currency, until
            ),
            "redirect-url": attempt.return_url,
            "expiration-time": until,
        }
        url = f"{settings.WOMPI_CHECKOUT_URL}?{urlencode(fields)}"
        return Checkout(url=url, provider_ref=attempt.reference, expires_at=ends)

    def parse_webhook(
        self, headers: Mapping[str, str], raw_body: bytes, query: Mapping[str, str]
    ) -> Hint | None:
        try:
            event = json.loads(raw_body)
            checksum = _verified(event)
            if event["event"] != "transaction.updated":
                return None
            return Hint(event_id=checksum, provider_ref=event["data"]["transaction"]["id"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise MalformedWebhook("no event of Wompi") from error

    def fetch(self, hint: Hint) -> Snapshot:
        """Anybody's transaction can be asked for by its id; only ours are listed for our key."""
        named = "" if hint.provider_ref == hint.reference else hint.provider_ref
        asked_for = _get(f"/transactions/{named}") if named else None
        reference = asked_for["reference"] if asked_for else hint.reference
        transactions = _get("/transactions", reference=reference)
        if asked_for and asked_for["id"] not in {one["id"] for one in transactions}:
            return dataclasses.replace(_snapshot(asked_for), ours=False)
        return _of_transactions(transactions)

    def paid_since(self, moment: datetime) -> Iterator[Snapshot]:
        days = {"from_date": f"{moment:%Y-%m-%d}", "until_date": f"{timezone.now():%Y-%m-%d}"}
        for page in range(1, MAX_PAGES + 1):
            found = _get("/transactions", **days, page=str(page), page_size="100", status="APPROVED")
            yield from (_snapshot(one) for one in found)
            if len(found) < 100:
                return

    def refund(self, attempt: Attempt, amount: Decimal, key: str) -> RefundOutcome:
        """Cards are voided, all of it and on the same day; anything else a person gives back."""
        named = (
            attempt.money_ref
            or _of_transactions(_get("/transactions", reference=attempt.reference)).money_ref
        )
        transaction = _get(f"/transactions/{named}")
        if transaction["status"] == "APPROVED":
            try:
                transaction = _ask("POST", f"/transactions/{named}/void")
            except GatewayRefused:
                return RefundOutcome.MANUAL
        return RefundOutcome.SUCCEEDED if transaction["status"] == "VOIDED" else RefundOutcome.PENDING

    def expire_checkout(self, attempt: Attempt) -> bool:
        return False


def integrity(secret: str, reference: str, cents: int, currency: str, until: str = "") -> str:
    return hashlib.sha256(f"{reference}{cents}{currency}{until}{secret}".encode()).hexdigest()


def _world_of(name: str) -> bool:
    """Whether this setting is one of the test environment."""
    return "test_" in getattr(settings, name)[:9]


def _verified(event: Json) -> str:
    """The checksum of the event. Raises BadSignature; KeyError and the like for what is no event.

    It covers values in a row without anything between: digits could slide from the amount to the time. So the time
    is bounded, and reference and currency, which are not covered, are not read.
    """
    properties, moment = event["signature"]["properties"], event["timestamp"]
    if SIGNED - set(properties) or type(moment) is not int:
        raise BadSignature("it does not sign what matters")
    values = "".join(_value(event["data"], path) for path in properties)
    right = hashlib.sha256(f"{values}{moment}{settings.WOMPI_EVENTS_SECRET}".encode()).hexdigest()
    given = str(event["signature"]["checksum"]).lower()
    if not hmac.compare_digest(right.encode(), given.encode(errors="replace")):
        raise BadSignature("the checksum does not fit")
    if not -EARLIEST_EVENT.total_seconds() <= time.time() - moment <= OLDEST_EVENT.total_seconds():
        raise BadSignature("signed too long ago")
    return right


def _value(data: Any, path: str) -> str:
    for name in path.split("."):
        data = data[name]
    if isinstance(data, dict | list):
        raise TypeError(path)
    return str(data).lower() if isinstance(data, bool) else str(data)


def _of_transactions(transactions: list[Json]) -> Snapshot:
    """What came first pays; whatever else was paid is told beside it."""
    if not transactions:
        raise NotFoundAtGateway
    in_order = sorted(transactions, key=lambda one: one.get("finalized_at") or one["created_at"])
    paid = [_snapshot(one) for one in in_order if one["status"] in _WAS_PAID]
    if paid:
        return dataclasses.replace(paid[0], others=tuple(paid[1:]))
    waiting = [one for one in in_order if one["status"] == "PENDING"]
    return _snapshot((waiting or in_order)[-1])


def _snapshot(transaction: Json) -> Snapshot:
    amount = amounts.from_units(transaction["amount_in_cents"], DECIMALS)
    waiting = MoneyStatus.PROCESSING if transaction["status"] == "PENDING" else MoneyStatus.FAILED
    return Snapshot(
        status=MoneyStatus.PAID if transaction["status"] in _WAS_PAID else waiting,
        amount=amount,
        currency=transaction["currency"],
        refunded=amount if transaction["status"] == "VOIDED" else Decimal(0),
        reference=transaction["reference"],
        money_ref=transaction["id"],
    )


def _get(path: str, **query: str) -> Any:
    return _ask("GET", path, query)


def _ask(method: str, path: str, query: dict[str, str] | None = None) -> Any:
    """What Wompi answers. Raises GatewayError."""
    url = settings.WOMPI_API_URL or APIS["test" if _world_of("WOMPI_PRIVATE_KEY") else "prod"]
    key = {"Authorization": f"Bearer {settings.WOMPI_PRIVATE_KEY}"}
    try:
        answer = _client(settings.GATEWAY_TIMEOUT_SECONDS).request(
            method, url + path, params=query, headers=key
        )
        if answer.is_success:
            return answer.json()["data"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise GatewayUnavailable(type(error).__name__) from error
    if answer.status_code == 404:
        raise NotFoundAtGateway(path.rpartition("/")[0])
    # Wrong key, the same call still running, too many, broken: another time.
    if answer.status_code in (401, 403, 409, 429) or answer.status_code >= 500:
        raise GatewayUnavailable(str(answer.status_code))
    raise GatewayRefused(str(answer.status_code))


@lru_cache(maxsize=4)
def _client(timeout: float) -> httpx.Client:
    return httpx.Client(timeout=timeout)
