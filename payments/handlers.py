"""What payments themselves do when their facts are delivered."""

from __future__ import annotations

import uuid
from typing import Any

from accounts.models import Role, User
from core.models import OutboxEvent
from core.outbox import handles
from notifications.services import notify
from notifications.wording import PAYMENT_DISPUTED, PAYMENT_NEEDS_STAFF, REFUND_NEEDS_STAFF, UNKNOWN_MONEY
from payments.models import Attempt, Refund
from payments.services import checkout, unknown


@handles("payment.settled", "payment.closed")
def end_checkouts(event: OutboxEvent) -> None:
    checkout.end_checkouts(uuid.UUID(event.payload["payment_id"]))


@handles("payment.refund_needs_staff")
def tell_staff_of_refund(event: OutboxEvent) -> None:
    refund = Refund.objects.select_related("attempt__payment").get(pk=event.payload["refund_id"])
    facts = {"refund_id": str(refund.pk), "amount": str(refund.amount)}
    _tell_staff(event, REFUND_NEEDS_STAFF, refund.attempt, facts)


@handles("payment.disagrees")
def tell_staff_of_question(event: OutboxEvent) -> None:
    attempt = Attempt.objects.select_related("payment").get(pk=event.payload["attempt_id"])
    _tell_staff(event, PAYMENT_NEEDS_STAFF, attempt, {"amount": str(attempt.amount)})


@handles("payment.disputed")
def tell_staff_of_dispute(event: OutboxEvent) -> None:
    attempt = Attempt.objects.select_related("payment").get(pk=event.payload["attempt_id"])
    facts = {"amount": event.payload["amount"], "status": event.payload["status"]}
    _tell_staff(event, PAYMENT_DISPUTED, attempt, facts)


@handles("payment.unknown_money")
def tell_staff_of_unknown_money(event: OutboxEvent) -> None:
    found = unknown.find(event.payload["event_id"])
    if found is not None:
        facts = {"gateway": found.gateway, "amount": str(found.amount), "currency": found.currency}
        _tell_everybody(event, UNKNOWN_MONEY, facts | {"event_id": found.event_id})


def _tell_staff(event: OutboxEvent, kind: str, attempt: Attempt, facts: dict[str, Any]) -> None:
    facts |= {
        "payment_id": str(attempt.payment_id),
        "reference": attempt.payment.reference,
        "currency": attempt.currency,
    }
    _tell_everybody(event, kind, facts)


def _tell_everybody(event: OutboxEvent, kind: str, facts: dict[str, Any]) -> None:
    """Everybody of medical administration, once each."""
    for user in User.objects.filter(role=Role.MEDICAL_ADMIN, is_active=True):
        notify(user=user, kind=kind, dedupe_key=f"{event.pk}:{kind}:{user.pk}", payload=facts)
