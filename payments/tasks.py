from __future__ import annotations

from celery import shared_task

from payments.sandbox import webhooks as sandbox_webhooks
from payments.services import inbox, polling, refunds, settlement


@shared_task(name="payments.tasks.process_inbox")
def process_inbox() -> int:
    return inbox.process_due()


@shared_task(name="payments.tasks.poll_gateways")
def poll_gateways() -> int:
    return polling.poll_due()


@shared_task(name="payments.tasks.tell_subjects")
def tell_subjects() -> int:
    return settlement.tell_due()


@shared_task(name="payments.tasks.execute_refunds")
def execute_refunds() -> int:
    return refunds.execute_due()


@shared_task(name="payments.tasks.send_sandbox_webhooks")
def send_sandbox_webhooks() -> int:
    return sandbox_webhooks.send_due()
