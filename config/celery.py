"""The workers and the clockwork: every sweep that makes a promise of the database come true."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals
from django.utils.translation import gettext_noop as _

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("vicita", task_cls="core.sweeps:WithHeartbeat")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Promises of time that need the database alone have workers of their own: nothing outside can hold them up. All
# else is `outside`: mail, gateways, and the outbox, because a handler may speak to a gateway. Who waits for an
# event (a meeting that ended, money that came) delivers it on the spot and needs no outbox run.
app.conf.task_default_queue = "outside"
app.conf.task_routes = {
    task: {"queue": "clock"}
    for task in ("meetings.tasks.close_due", "meetings.tasks.end_silent_presences", "bookings.tasks.sweep")
}


@signals.worker_init.connect
@signals.beat_init.connect
def refuse_wrong_keys(**_: Any) -> None:
    from django.db import connection

    from core import keys

    try:
        keys.require()
    except keys.WrongKeys as error:
        raise SystemExit(str(error)) from error  # any other exception celery would log, and go on
    finally:
        connection.close_pool()  # type: ignore[attr-defined]  # no child may inherit what it holds


def _every(seconds: float, task: str) -> dict[str, Any]:
    """A sweep missed while the workers were away is dropped: the next one finds the same rows."""
    return {"task": task, "schedule": seconds, "options": {"expires": max(seconds, 5), "ignore_result": True}}


app.conf.beat_schedule = {
    _("close meetings"): _every(2, "meetings.tasks.close_due"),
    _("end silent presences"): _every(10, "meetings.tasks.end_silent_presences"),
    _("move bookings on"): _every(5, "bookings.tasks.sweep"),
    _("remind patients"): _every(30, "bookings.tasks.send_reminders"),
    _("write to members"): _every(60, "bookings.tasks.send_membership_notices"),
    _("deliver the outbox"): _every(2, "core.tasks.deliver_outbox"),
    _("settle for who leaves"): _every(10, "accounts.tasks.carry_on_leaving"),
    _("seal the audit"): _every(10, "core.tasks.seal_audit"),
    _("forget idempotency keys"): _every(3600, "core.tasks.forget_idempotency_keys"),
    _("send messages"): _every(5, "notifications.tasks.send_due"),
    _("read the webhook inbox"): _every(5, "payments.tasks.process_inbox"),
    _("ask gateways"): _every(15, "payments.tasks.poll_gateways"),
    _("tell of money"): _every(5, "payments.tasks.tell_subjects"),
    _("give money back"): _every(10, "payments.tasks.execute_refunds"),
    _("tell of test payments"): _every(5, "payments.tasks.send_sandbox_webhooks"),
}
