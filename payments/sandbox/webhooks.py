"""The sandbox company tells shops what happened: signed, over HTTP, again and again until they answer."""

from __future__ import annotations

import json
import logging
import time
from datetime import timedelta

import httpx
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from payments.gateways import signatures
from payments.gateways.sandbox import SIGNATURE_HEADER
from payments.sandbox.models import SandboxEvent
from payments.services.turns import pause, turns

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5
LEASE = timedelta(seconds=30)
MAX_TRIES = 20


def send_due() -> int:
    """Sends what is due; returns how many were tried. Safe in parallel."""
    tried = 0
    for event in turns(_claim):
        _send(event)
        tried += 1
    return tried


def _claim() -> SandboxEvent | None:
    with transaction.atomic():
        event = (
            SandboxEvent.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("checkout")
            .filter(due_at__lte=Now())
            .order_by("due_at")
            .first()
        )
        if event is not None:
            event.tries += 1
            event.due_at = timezone.now() + LEASE
            event.save(update_fields=["tries", "due_at"])
        return event


def _send(event: SandboxEvent) -> None:
    if _post(event):
        event.delivered_at, event.due_at = timezone.now(), None
    elif event.tries >= MAX_TRIES:
        event.due_at = None
    else:
        event.due_at = timezone.now() + pause(event.tries, first=timedelta(seconds=1))
    event.save(update_fields=["delivered_at", "due_at"])


def _post(event: SandboxEvent) -> bool:
    raw = json.dumps(
        {
            "id": str(event.pk),
            "type": event.kind,
            "checkout_id": str(event.checkout_id),
            "reference": event.checkout.reference,
        }
    ).encode()
    signature = signatures.sign(settings.SANDBOX_SECRET, raw, int(time.time()))
    try:
        answer = httpx.post(
            settings.PUBLIC_URL + reverse("payment_webhook", args=["sandbox"]),
            content=raw,
            headers={"Content-Type": "application/json", SIGNATURE_HEADER: signature},
            timeout=TIMEOUT_SECONDS,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        log.warning("sandbox webhook not delivered", extra={"error": type(error).__name__})
        return False
    return answer.is_success
