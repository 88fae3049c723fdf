from __future__ import annotations

from celery import shared_task

from core import idempotency, outbox


@shared_task(name="core.tasks.deliver_outbox")
def deliver_outbox() -> int:
    return outbox.deliver_due()


@shared_task(name="core.tasks.forget_idempotency_keys")
def forget_idempotency_keys() -> int:
    return idempotency.forget_old()
