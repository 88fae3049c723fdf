"""Real threads, real transactions: whoever comes first, the money counts once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from core.models import OutboxEvent
from payments.models import AttemptStatus, Payment, PaymentStatus, ProviderEvent
from payments.sandbox import services as company
from payments.services import inbox, open_checkout, sync_payment
from payments.tests.conftest import RETURN_URL, all_due_now, sandbox_event, signed

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs: Callable[[], object]) -> list[object]:
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        try:
            connections["default"].ensure_connection()
            start.wait(30)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_ten_webhooks_and_the_browser_settle_once(shop, sandbox):
    attempt = shop.opened()
    company.pay(checkout_id=attempt.provider_ref)
    raw = sandbox_event(attempt)

    def webhook() -> int:
        headers = signed(raw)
        answer = Client().post(
            "/api/v1/payments/webhook/sandbox", raw, content_type="application/json", headers=headers
        )
        inbox.process_due()
        return answer.status_code

    def browser() -> str:
        return sync_payment(payment_id=attempt.payment_id).status

    before = at_once(*[webhook] * 5, browser, browser)
    after = at_once(*[webhook] * 5)
    assert before == [200] * 5 + [PaymentStatus.PAID] * 2
    assert after == [200] * 5
    assert ProviderEvent.objects.count() == 1
    assert OutboxEvent.objects.filter(topic="payment.settled").count() == 1
    assert Payment.objects.get().told_at is not None
    assert set(shop.told) == {attempt.payment_id}


def test_many_tabs_get_one_checkout(shop, sandbox):
    payment = shop.owes()
    urls = at_once(*[lambda: open_checkout(payment_id=payment.pk, return_url=RETURN_URL)] * 6)
    assert len(set(urls)) == 1
    assert payment.attempts.get().status == AttemptStatus.OPEN


def test_many_workers_share_the_inbox(shop, sandbox):
    attempts = [shop.opened() for _ in range(6)]
    for attempt in attempts:
        company.pay(checkout_id=attempt.provider_ref)
        raw = sandbox_event(attempt)
        inbox.receive(provider="sandbox", headers=signed(raw), raw_body=raw, query={})
    all_due_now()
    assert sum(at_once(*[inbox.process_due] * 3)) == 6  # type: ignore[arg-type]
    assert sorted(shop.told) == sorted(attempt.payment_id for attempt in attempts)
