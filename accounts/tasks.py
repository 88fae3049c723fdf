from __future__ import annotations

from celery import shared_task

from accounts.services import leaving


@shared_task(name="accounts.tasks.carry_on_leaving")
def carry_on_leaving() -> int:
    return leaving.carry_on()
