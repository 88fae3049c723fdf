from __future__ import annotations

from celery import shared_task

from meetings import presence, services


@shared_task(name="meetings.tasks.close_due")
def close_due() -> int:
    return services.close_due()


@shared_task(name="meetings.tasks.end_silent_presences")
def end_silent_presences() -> int:
    return presence.end_silent_presences()
