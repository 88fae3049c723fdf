"""Money at a gateway that no payment of ours asked for, and that is not lost sight of.

It came without a reference (somebody asked for it in the gateway's own panel), or under one such as ours that we know
nothing of (our books are those of a backup). Whatever has a reference of another form is another shop's.

The event that told of it stays open. It is looked at again each day, until the gateway has given the money back, or
staff have seen to it at the gateway.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import audit
from core.errors import Missing
from core.outbox import publish
from core.references import ALPHABET
from payments.gateways.base import MoneyStatus, Snapshot
from payments.models import ProviderEvent
from payments.ways import title_of

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(days=1)
OURS = re.compile(rf"P-[{ALPHABET}]{{12}}-\d")  # an attempt's
# What the outcome of such an event begins with (amount and currency follow), and what it is once staff have seen to it.
UNKNOWN_MONEY, SEEN_TO = "unknown_money", "unknown_money_seen_to"


@dataclass(frozen=True, slots=True)
class UnknownMoney:
    """`reference` as the payer's checkout had it; `provider_ref`: what the gateway calls it."""

    event_id: int
    gateway: str
    reference: str
    provider_ref: str
    amount: Decimal
    currency: str
    received_at: datetime


def take_note(event: ProviderEvent, snapshot: Snapshot) -> bool:
    """Whether the gateway holds money that nobody has seen to; then the event stays open."""
    held = snapshot.ours and snapshot.status == MoneyStatus.PAID and snapshot.refunded < snapshot.amount
    reference = event.reference or snapshot.reference
    if not held or (reference and not OURS.match(reference)) or _is_told_by_another(event):
        return False
    is_new = not is_open(event)
    event.outcome = f"{UNKNOWN_MONEY} {snapshot.amount} {snapshot.currency}"[:40]
    log.error("money for an unknown reference", extra={"event": event.pk})
    with transaction.atomic():
        look_again(event)
        if is_new:
            publish("payment.unknown_money", {"event_id": event.pk})
    return True


def is_open(event: ProviderEvent) -> bool:
    return event.done_at is None and event.outcome.startswith(f"{UNKNOWN_MONEY} ")


def look_again(event: ProviderEvent) -> None:
    event.due_at = timezone.now() + LOOK_AGAIN
    event.save(update_fields=["outcome", "due_at"])


def unknown_money() -> list[UnknownMoney]:
    """All that is open, the latest first. One query."""
    return [_read(event) for event in _open().order_by("-received_at", "-pk")]


def how_many_unknown() -> int:
    return _open().count()


def find(event_id: int) -> UnknownMoney | None:
    event = _open().filter(pk=event_id).first()
    return _read(event) if event else None


@transaction.atomic
def unknown_money_seen_to(*, event_id: int) -> None:
    """Staff have seen to it at the gateway. Raises Missing where nothing is open."""
    event = _open().select_for_update().filter(pk=event_id).first()
    if event is None:
        raise Missing
    event.outcome, event.done_at = SEEN_TO, timezone.now()
    event.save(update_fields=["outcome", "done_at"])
    audit.record("payment.unknown_money_seen_to", object=event)


def _open() -> QuerySet[ProviderEvent]:
    """Few, whatever has come by: those that are done are no part of the index."""
    return ProviderEvent.objects.filter(done_at=None, outcome__startswith=f"{UNKNOWN_MONEY} ")


def _is_told_by_another(event: ProviderEvent) -> bool:
    """Gateways speak of the same money more than once."""
    name = "provider_ref" if event.provider_ref else "reference"
    same = ProviderEvent.objects.filter(gateway=event.gateway, **{name: getattr(event, name)})
    return same.filter(outcome__startswith=UNKNOWN_MONEY).exclude(pk=event.pk).exists()


def _read(event: ProviderEvent) -> UnknownMoney:
    _word, amount, currency = event.outcome.split(" ")
    return UnknownMoney(
        event.pk,
        title_of(event.gateway),
        event.reference,
        event.provider_ref,
        Decimal(amount),
        currency,
        event.received_at,
    )
