"""The workers and the clockwork: every sweep that makes a promise of the database come true."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("vicita")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def _every(seconds: float, task: str) -> dict[str, Any]:
    """A sweep missed while the workers were away is dropped: the next one finds the same rows."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 5), "ignore_result": True}}


app.conf.beat_schedule = {
    "close meetings": _every(2, "meetings.tasks.close_due"),
    "end silent presences": _every(10, "meetings.tasks.end_silent_presences"),
    "move bookings on": _every(5, "bookings.tasks.sweep"),
    "deliver the outbox": _every(2, "core.tasks.deliver_outbox"),
    "send messages": _every(5, "notifications.tasks.send_due"),
    "read the webhook inbox": _every(5, "payments.tasks.process_inbox"),
    "ask gateways": _every(15, "payments.tasks.poll_gateways"),
    "give money back": _every(10, "payments.tasks.execute_refunds"),
    "tell of test payments": _every(5, "payments.tasks.send_sandbox_webhooks"),
}
