from __future__ import annotations

from celery import shared_task

from core import outbox


@shared_task(name="core.tasks.deliver_outbox")
def deliver_outbox() -> int:
    return outbox.deliver_due()
