from __future__ import annotations

from celery import shared_task

from notifications import sending


@shared_task(name="notifications.tasks.send_due")
def send_due() -> int:
    return sending.send_due()
