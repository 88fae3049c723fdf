"""The sandbox company reports over real HTTP, as any other would."""

from __future__ import annotations

import httpx
import pytest

from payments.models import PaymentStatus, ProviderEvent
from payments.sandbox import services as company
from payments.sandbox import webhooks
from payments.sandbox.models import SandboxEvent
from payments.services import inbox, refunds, request_refund, sync_payment
from payments.tests.conftest import all_due_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop_is_up(sandbox, live_server, settings) -> None:
    settings.PUBLIC_URL = live_server.url


def test_paying_settles_without_the_browser(shop, shop_is_up):
    attempt = shop.opened()
    page = httpx.get(attempt.checkout_url, trust_env=False)
    assert page.status_code == 200
    company.pay(checkout_id=attempt.provider_ref)
    assert webhooks.send_due() == 1
    assert SandboxEvent.objects.get().delivered_at is not None
    assert inbox.process_due() == 1
    assert shop.told == [attempt.payment_id]


def test_a_shop_that_is_down_is_told_later(shop, sandbox, settings, live_server):
    attempt = shop.opened()
    company.pay(checkout_id=attempt.provider_ref)
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    webhooks.send_due()
    event = SandboxEvent.objects.get()
    assert (event.delivered_at, event.tries) == (None, 1)
    assert event.due_at is not None
    settings.PUBLIC_URL = live_server.url
    all_due_now()
    webhooks.send_due()
    assert ProviderEvent.objects.count() == 1


def test_a_shop_that_never_answers_is_left_alone_in_the_end(shop, sandbox, settings):
    attempt = shop.opened()
    company.pay(checkout_id=attempt.provider_ref)
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    SandboxEvent.objects.update(tries=webhooks.MAX_TRIES - 1)
    webhooks.send_due()
    assert SandboxEvent.objects.get().due_at is None


def test_a_report_that_was_sent_but_not_noted_is_sent_again_and_changes_nothing(shop, shop_is_up):
    attempt = shop.opened()
    company.pay(checkout_id=attempt.provider_ref)
    assert webhooks._post(webhooks._claim())  # and then the company's process died
    all_due_now()
    assert webhooks.send_due() == 1
    inbox.process_due()
    assert ProviderEvent.objects.count() == 1
    assert shop.told == [attempt.payment_id]


def test_money_and_its_return_balance(shop, shop_is_up):
    attempt = shop.opened()
    company.pay(checkout_id=attempt.provider_ref)
    assert sync_payment(payment_id=attempt.payment_id).status == PaymentStatus.PAID
    request_refund(payment_id=attempt.payment_id, reason="rejected")
    refunds.execute_due()
    webhooks.send_due()
    inbox.process_due()
    books = company.find_checkout(reference=attempt.reference)
    assert books.refunded == books.amount == attempt.amount
    assert shop.told == [attempt.payment_id]
