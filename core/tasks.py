from __future__ import annotations

from celery import shared_task

from core import idempotency, outbox
from core.audit import sealing


@shared_task(name="core.tasks.deliver_outbox")
def deliver_outbox() -> int:
    return outbox.deliver_due()


@shared_task(name="core.tasks.seal_audit")
def seal_audit() -> int:
    return sealing.seal_due()


@shared_task(name="core.tasks.forget_idempotency_keys")
def forget_idempotency_keys() -> int:
    return idempotency.forget_old()
