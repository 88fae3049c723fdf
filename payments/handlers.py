"""What payments themselves do when their facts are delivered."""

from __future__ import annotations

import uuid

from core.models import OutboxEvent
from core.outbox import handles
from payments.services import checkout, settlement


@handles("payment.settled")
def tell_subject(event: OutboxEvent) -> None:
    settlement.tell_subject(uuid.UUID(event.payload["payment_id"]))


@handles("payment.settled", "payment.closed")
def end_checkouts(event: OutboxEvent) -> None:
    checkout.end_checkouts(uuid.UUID(event.payload["payment_id"]))
