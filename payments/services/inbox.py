"""Webhooks: verified, stored once, answered at once; looked into afterwards, by asking for the truth."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import timedelta

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from core.errors import Missing
from core.queue import enqueue
from payments.gateways import registry
from payments.gateways.base import GatewayError, Hint, MalformedWebhook, Snapshot, WebhookRejected
from payments.models import Attempt, ProviderEvent
from payments.services import refusals, settlement, unknown
from payments.services.turns import pause, turns

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=1)
FIRST_PAUSE = timedelta(seconds=3)
# One round trip, where Django's own way takes a transaction around it.
INSERT = """
    INSERT INTO payments_providerevent
        (gateway, event_id, reference, provider_ref, received_at, due_at, tries, outcome)
    VALUES (%s, %s, %s, %s, %s, %s, 0, '') ON CONFLICT DO NOTHING
"""
WAKE_SECONDS = 0.5
_woken_at = float("-inf")
MAX_TRIES = 24  # most of a day; the poller goes on for longer


def receive(*, provider: str, headers: Mapping[str, str], raw_body: bytes, query: Mapping[str, str]) -> None:
    """Stores what a webhook hints at, once. Raises Missing for a gateway not in use, WebhookRejected."""
    gateway = registry.find(provider)
    if gateway is None:
        raise Missing
    try:
        hint = gateway.parse_webhook(headers, raw_body, query)
        if hint is not None:
            _store(gateway.name, hint)
    except WebhookRejected:
        refusals.count(gateway.name)
        raise


def _store(gateway: str, hint: Hint) -> None:
    if not hint.event_id or not (hint.reference or hint.provider_ref):
        raise MalformedWebhook("it names no event or nothing we could look for")
    with connection.cursor() as cursor:
        now = timezone.now()
        cursor.execute(INSERT, [gateway, hint.event_id, hint.reference, hint.provider_ref, now, now])
    transaction.on_commit(_wake_a_worker)


def _wake_a_worker() -> None:
    """Once for many that come at once: to send a task takes longer than to store an event. What comes in the moment
    after is found by the sweep."""
    global _woken_at
    now = time.monotonic()
    if now - _woken_at >= WAKE_SECONDS:
        _woken_at = now
        enqueue("payments.tasks.process_inbox")


def process_due() -> int:
    """Looks into every stored event whose turn has come; returns how many. Safe in parallel."""
    processed = 0
    for event in turns(_claim):
        _process(event)
        processed += 1
    return processed


def _claim() -> ProviderEvent | None:
    with transaction.atomic():
        event = (
            ProviderEvent.objects.select_for_update(skip_locked=True)
            .filter(done_at=None, due_at__lte=Now())
            .order_by("due_at", "pk")
            .first()
        )
        if event is not None:
            event.tries += 1
            event.due_at = timezone.now() + LEASE
            event.save(update_fields=["tries", "due_at"])
        return event


def _process(event: ProviderEvent) -> None:
    try:
        snapshot = _fetch(event)
        attempt = _attempt_of(event, snapshot)
        if attempt is None and unknown.take_note(event, snapshot):
            return
        outcome = _take_note(attempt, snapshot, event)
    except GatewayError as error:
        _fail(event, type(error).__name__, final=not error.retryable)
    except Exception as error:
        log.exception("webhook not understood", extra={"event": event.pk})
        _fail(event, type(error).__name__, final=False)
    else:
        _finish(event, outcome)


def _fetch(event: ProviderEvent) -> Snapshot:
    hint = Hint(event_id=event.event_id, reference=event.reference, provider_ref=event.provider_ref)
    return registry.gateway(event.gateway).fetch(hint)


def _take_note(attempt: Attempt | None, snapshot: Snapshot, event: ProviderEvent) -> str:
    if attempt is None:
        log.warning("webhook for an unknown reference", extra={"event": event.pk})
        return "unknown_reference"
    return settlement.take_note(attempt=attempt, snapshot=snapshot)


def _attempt_of(event: ProviderEvent, snapshot: Snapshot) -> Attempt | None:
    ours = Attempt.objects.select_related("payment").filter(gateway=event.gateway)
    return ours.filter(reference=event.reference or snapshot.reference).first()


def _finish(event: ProviderEvent, outcome: str) -> None:
    event.outcome, event.done_at = outcome[:40], timezone.now()
    event.save(update_fields=["outcome", "done_at"])


def _fail(event: ProviderEvent, error: str, *, final: bool) -> None:
    if unknown.is_open(event):  # it holds money: no trouble of the gateway's makes us forget it
        unknown.look_again(event)
        return
    if final or event.tries >= MAX_TRIES:
        _finish(event, error)
        return
    event.outcome = error[:40]
    event.due_at = timezone.now() + pause(event.tries, first=FIRST_PAUSE)
    event.save(update_fields=["outcome", "due_at"])
