"""A gateway for tests: a company with books in memory that can be down, lie, or die after it answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from payments.gateways import registry
from payments.gateways.base import (
    BadSignature,
    Capabilities,
    Checkout,
    Gateway,
    GatewayError,
    GatewayRefused,
    Hint,
    MoneyStatus,
    NotFoundAtGateway,
    RefundOutcome,
    Snapshot,
)
from payments.models import Attempt


@dataclass
class Books:
    """What the bank knows, and how it behaves at the moment."""

    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    refund_keys: dict[str, Decimal] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    refund_outcome: RefundOutcome = RefundOutcome.SUCCEEDED
    capabilities: Capabilities = field(default_factory=Capabilities)
    error: type[GatewayError] | None = None

    def change(self, attempt: Attempt, **changes: Any) -> None:
        self.snapshots[attempt.reference] = replace(self.snapshots[attempt.reference], **changes)

    def pay(self, attempt: Attempt) -> None:
        self.change(attempt, status=MoneyStatus.PAID)


books = Books()


@registry.register
class Bank(Gateway):
    name = "bank"
    title = "Bank"

    @property
    def capabilities(self) -> Capabilities:  # type: ignore[override]
        return books.capabilities

    def supports(self, currency: str) -> bool:
        return currency != "XAF"

    def create_checkout(self, attempt: Attempt) -> Checkout:
        self._answer()
        books.created.append(str(attempt.pk))
        books.snapshots.setdefault(
            attempt.reference,
            Snapshot(MoneyStatus.PENDING, attempt.amount, attempt.currency, Decimal(0), attempt.reference),
        )
        return Checkout(
            url=f"https://bank.test/{attempt.reference}",
            provider_ref=f"bank-{attempt.reference}",
            expires_at=attempt.expires_at or timezone.now() + timedelta(hours=1),
        )

    def parse_webhook(self, headers: Mapping[str, str], raw_body: bytes, query: Mapping[str, str]) -> Hint:
        if headers.get("X-Bank") != "yes":
            raise BadSignature
        return Hint(**json.loads(raw_body))

    def fetch(self, hint: Hint) -> Snapshot:
        self._answer()
        try:
            return books.snapshots[hint.reference]
        except KeyError as error:
            raise NotFoundAtGateway from error

    def refund(self, attempt: Attempt, amount: Decimal, key: str) -> RefundOutcome:
        self._answer()
        snapshot = books.snapshots[attempt.reference]
        if key not in books.refund_keys:
            if snapshot.refunded + amount > snapshot.amount:
                raise GatewayRefused
            books.refund_keys[key] = amount
            books.change(attempt, refunded=snapshot.refunded + amount)
        return books.refund_outcome

    def expire_checkout(self, attempt: Attempt) -> bool:
        self._answer()
        if books.snapshots[attempt.reference].status == MoneyStatus.PAID:
            return False
        books.change(attempt, status=MoneyStatus.EXPIRED)
        return True

    def _answer(self) -> None:
        if books.error is not None:
            raise books.error
