from __future__ import annotations

from celery import shared_task

from bookings import services


@shared_task(name="bookings.tasks.sweep")
def sweep() -> int:
    return services.sweep()


@shared_task(name="bookings.tasks.send_reminders")
def send_reminders() -> int:
    return services.send_reminders()


@shared_task(name="bookings.tasks.send_membership_notices")
def send_membership_notices() -> int:
    return services.send_membership_notices()
