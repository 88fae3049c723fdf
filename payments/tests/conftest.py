from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone, translation

from payments import subjects
from payments.gateways import signatures
from payments.models import Attempt, Payment, ProviderEvent, Refund
from payments.sandbox.models import SandboxEvent
from payments.services import open_checkout, request_payment
from payments.tests import bank as bank_module
from payments.tests.companies import companies, local_server  # noqa: F401  (fixtures)

RETURN_URL = "http://localhost/back"


@dataclass
class Shop:
    """A subject that takes note of what it is told, as an upper app does."""

    told: list[uuid.UUID] = field(default_factory=list)
    broken: bool = False

    def owes(self, amount: str = "40.00", currency: str = "USD", **values: Any) -> Payment:
        return request_payment(
            subject_type="parcel",
            subject_id=uuid.uuid4(),
            amount=Decimal(amount),
            currency=currency,
            **values,
        )

    def opened(self, **values: Any) -> Attempt:
        """A payment with an open checkout."""
        payment = self.owes(**values)
        open_checkout(payment_id=payment.pk, return_url=RETURN_URL)
        return payment.attempts.select_related("payment").get()

    def on_settled(self, payment_id: uuid.UUID) -> None:
        if self.broken:
            raise RuntimeError("the shop is on fire")
        self.told.append(payment_id)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    subjects.register(
        "parcel", subjects.Subject(lambda _id, language: f"Parcel ({language})", shop.on_settled)
    )
    with translation.override("es"):  # whatever language an earlier test's page left behind
        yield shop
    del subjects._subjects["parcel"]


@pytest.fixture
def sandbox(settings) -> None:
    settings.EMBEDDED = True
    settings.PAYMENT_GATEWAYS = ["sandbox"]


@pytest.fixture
def bank(settings) -> Iterator[bank_module.Books]:
    settings.PAYMENT_GATEWAYS = ["bank"]
    yield bank_module.books
    bank_module.books.__init__()


def signed(raw: bytes, *, timestamp: float | None = None) -> dict[str, str]:
    moment = int(timestamp if timestamp is not None else time.time())
    return {"X-Sandbox-Signature": signatures.sign(django_settings.SANDBOX_SECRET, raw, moment)}


def sandbox_event(attempt: Attempt, event_id: str = "") -> bytes:
    return json.dumps(
        {
            "id": event_id or str(uuid.uuid4()),
            "reference": attempt.reference,
            "checkout_id": attempt.provider_ref,
        }
    ).encode()


@pytest.fixture
def post_webhook(client) -> Callable[..., Any]:
    def post(raw: bytes, headers: dict[str, str], provider: str = "sandbox") -> Any:
        return client.post(
            f"/api/v1/payments/webhook/{provider}",
            data=raw,
            content_type="application/json",
            headers=headers,
        )

    return post


def all_due_now() -> None:
    """Moves every row that waits for its turn to now, as time would."""
    now = timezone.now()
    Payment.objects.update(tell_at=now)
    Attempt.objects.filter(poll_at__isnull=False).update(poll_at=now)
    Refund.objects.update(due_at=now)
    ProviderEvent.objects.update(due_at=now)
    SandboxEvent.objects.filter(due_at__isnull=False).update(due_at=now)
