"""The transactional outbox: facts are stored with the change they tell of, then delivered at least once.

A handler is a function of the event, registered at start-up for a topic. Each has its own delivery row,
so one that fails neither holds up nor repeats the others. Handlers may meet an event twice (a process died
between doing and saying so) and must not mind.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from core import audit
from core.models import OutboxDelivery, OutboxEvent
from core.queue import enqueue

log = logging.getLogger(__name__)

Handler = Callable[[OutboxEvent], None]

MAX_ATTEMPTS = 12
LEASE = timedelta(seconds=60)
LONGEST_PAUSE = timedelta(hours=1)
RUN_SECONDS = 10

_handlers: dict[str, dict[str, Handler]] = {}


def handles(*topics: str) -> Callable[[Handler], Handler]:
    """Registers a function for topics, under its dotted name."""

    def register(function: Handler) -> Handler:
        name = f"{function.__module__}.{function.__qualname__}"
        for topic in topics:
            _handlers.setdefault(topic, {})[name] = function
        return function

    return register


def publish(topic: str, payload: dict[str, Any]) -> OutboxEvent:
    """Stores an event in the caller's transaction; delivery starts when that commits.

    Payloads hold ids and plain facts, never personal data.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("publish() belongs inside the transaction that makes the fact true.")
    event = OutboxEvent.objects.create(topic=topic, payload=payload)
    now = timezone.now()
    OutboxDelivery.objects.bulk_create(
        OutboxDelivery(event=event, handler=name, due_at=now) for name in _handlers.get(topic, {})
    )
    _kick_after_commit()
    return event


def _kick_after_commit() -> None:
    """Once for a transaction. A kick that goes with a savepoint was put there by an event that goes with it."""
    if all(function is not _kick for _savepoints, function, *_ in transaction.get_connection().run_on_commit):
        transaction.on_commit(_kick)


def _kick() -> None:
    enqueue("core.tasks.deliver_outbox")


def deliver_due(limit: int = 100) -> int:
    """Delivers what is due, at most `limit` and for some seconds; returns how many were tried. Safe in parallel.

    A handler may wait for a gateway: the rest is then left to the next run, long before the task's own limit.
    """
    ends_at = time.monotonic() + RUN_SECONDS
    for tried in range(limit):
        delivery = _claim() if time.monotonic() < ends_at else None
        if delivery is None:
            return tried
        _attempt(delivery)
    return limit


def deliver_events(event_ids: Sequence[Any]) -> None:
    """Delivers these events now, in this process: for a person who waits for the outcome."""
    while (delivery := _claim(event_id__in=list(event_ids))) is not None:
        _attempt(delivery)


@transaction.atomic
def revive(*, delivery_id: int | None = None) -> int:
    """Tries again what was given up, with all tries anew: one delivery, or all there are. Returns how many; what is
    not given up stays as it is."""
    dead = OutboxDelivery.objects.filter(dead_at__isnull=False)
    if delivery_id is not None:
        dead = dead.filter(pk=delivery_id)
    count = dead.update(dead_at=None, due_at=Now(), attempts=0, error="")
    if count:
        audit.record("outbox.revived", count=count)
        _kick_after_commit()
    return count


def _claim(**which: Any) -> OutboxDelivery | None:
    """Takes one due delivery for `LEASE`; should this process die, it is due again after that."""
    with transaction.atomic():
        delivery = (
            OutboxDelivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(done_at=None, dead_at=None, due_at__lte=Now(), **which)
            .order_by("due_at", "id")
            .first()
        )
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.due_at = timezone.now() + LEASE
        delivery.save(update_fields=["attempts", "due_at"])
        return delivery


def _attempt(delivery: OutboxDelivery) -> None:
    handler = _handlers.get(delivery.event.topic, {}).get(delivery.handler)
    try:
        if handler is None:
            raise LookupError(f"No handler {delivery.handler} is registered.")
        with audit.acting_for_nobody():
            handler(delivery.event)
    except Exception as error:
        log.exception(
            "outbox delivery failed", extra={"handler": delivery.handler, "event": str(delivery.event_id)}
        )
        _postpone(delivery, error)
    else:
        delivery.done_at = timezone.now()
        delivery.error = ""
        delivery.save(update_fields=["done_at", "error"])


def _postpone(delivery: OutboxDelivery, error: Exception) -> None:
    now = timezone.now()
    # The type alone: an error's text may carry personal data.
    delivery.error = type(error).__name__
    if delivery.attempts >= MAX_ATTEMPTS:
        delivery.dead_at = now
    else:
        delivery.due_at = now + min(LONGEST_PAUSE, timedelta(seconds=2**delivery.attempts))
    delivery.save(update_fields=["error", "dead_at", "due_at"])
