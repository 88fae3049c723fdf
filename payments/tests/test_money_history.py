"""Whatever happens in whatever order: what came in less what went back is what the subject was told of."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import outbox
from core.errors import Refused
from core.models import OutboxEvent
from payments.models import Attempt, Payment, PaymentStatus, Refund
from payments.sandbox import services as company
from payments.sandbox.models import SandboxCheckout
from payments.selectors import given_back
from payments.services import (
    checkout,
    close_payment,
    inbox,
    open_checkout,
    polling,
    refunds,
    request_refund,
    settlement,
    sync_payment,
)
from payments.tests.conftest import RETURN_URL, Shop, all_due_now, sandbox_event, signed

pytestmark = pytest.mark.django_db


class History:
    """One payment, and everything that people, companies, sweeps and crashes can do to it."""

    def __init__(self, shop: Shop) -> None:
        self.payment = shop.owes()

    def open(self, number: int) -> None:
        open_checkout(payment_id=self.payment.pk, return_url=RETURN_URL)

    def open_and_crash(self, number: int) -> None:
        attempt = checkout._attempt_to_open(self.payment.pk, RETURN_URL, "")
        checkout.registry.gateway("sandbox").create_checkout(attempt)

    def pay(self, number: int) -> None:
        company.pay(checkout_id=self._checkout(number).pk)

    def pay_late(self, number: int) -> None:
        company.pay_late(checkout_id=self._checkout(number).pk)

    def decline(self, number: int) -> None:
        company.decline(checkout_id=self._checkout(number).pk)

    def time_passes(self, number: int) -> None:
        past = timezone.now() - timedelta(minutes=1)
        SandboxCheckout.objects.filter(pk=self._checkout(number).pk).update(expires_at=past)
        Attempt.objects.filter(reference=self._checkout(number).reference).update(expires_at=past)

    def webhook(self, number: int) -> None:
        """News of any checkout, new or old, perhaps for the tenth time."""
        attempt = Attempt.objects.get(reference=self._checkout(number).reference)
        raw = sandbox_event(attempt, event_id=f"{attempt.reference}-{number % 2}")
        inbox.receive(provider="sandbox", headers=signed(raw), raw_body=raw, query={})

    def read_inbox(self, number: int) -> None:
        all_due_now()
        inbox.process_due()

    def browser_returns(self, number: int) -> None:
        sync_payment(payment_id=self.payment.pk)

    def poll(self, number: int) -> None:
        all_due_now()
        polling.poll_due()

    def close(self, number: int) -> None:
        close_payment(payment_id=self.payment.pk)

    def deliver(self, number: int) -> None:
        outbox.deliver_due()

    def refund_part(self, number: int) -> None:
        request_refund(payment_id=self.payment.pk, amount=Decimal(number), reason=f"part {number}")

    def refund_rest(self, number: int) -> None:
        request_refund(payment_id=self.payment.pk, reason="rest")

    def refund_and_crash(self, number: int) -> None:
        all_due_now()
        claimed = refunds._claim()
        if claimed is not None:
            refunds._ask_gateway(claimed)

    def execute_refunds(self, number: int) -> None:
        all_due_now()
        refunds.execute_due()

    def _checkout(self, number: int) -> SandboxCheckout:
        mine = SandboxCheckout.objects.filter(reference__startswith=self.payment.reference)
        found = list(mine.order_by("reference"))
        if not found:
            raise company.UnknownCheckout
        return found[number % len(found)]

    def everything_catches_up(self) -> None:
        for _ in range(3):
            for catch_up in (self.poll, self.read_inbox, self.deliver, self.execute_refunds):
                catch_up(0)

    def balance(self) -> Decimal:
        """By the company's books."""
        checkouts = SandboxCheckout.objects.filter(reference__startswith=self.payment.reference)
        paid = sum((checkout.amount for checkout in checkouts if checkout.status == "paid"), Decimal(0))
        return paid - sum((checkout.refunded for checkout in checkouts), Decimal(0))


STEPS = [
    name for name in vars(History) if name not in {"everything_catches_up", "balance"} and name[0] != "_"
]
# What leads to money comes more often, or most histories would be about nothing.
LIKELY = ["open", "open", "pay", "pay_late", "time_passes", "time_passes", "refund_part"]
histories = st.lists(
    st.tuples(st.sampled_from(STEPS + LIKELY * 2), st.integers(1, 12)), min_size=20, max_size=40
)


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=histories)
def test_money_in_less_money_back_is_what_the_subject_was_told(shop, sandbox, steps):
    shop.told.clear()
    history = History(shop)
    for name, number in steps:
        with suppress(Refused, company.SandboxError):  # that step was not possible then
            getattr(history, name)(number)
    history.everything_catches_up()

    payment = Payment.objects.get(pk=history.payment.pk)
    paid = payment.status == PaymentStatus.PAID
    assert history.balance() == (payment.amount - given_back(payment) if paid else 0)
    assert shop.told == ([payment.pk] if paid else [])
    told = OutboxEvent.objects.filter(topic="payment.settled", payload__payment_id=str(payment.pk))
    assert told.count() == int(paid)
    assert not Refund.objects.filter(attempt__payment=payment).exclude(status="succeeded").exists()
    seconds = payment.attempts.filter(status="paid", settles=False)
    assert Refund.objects.filter(reason=settlement.SECOND_PAYMENT, attempt__payment=payment).count() == len(
        seconds
    )
