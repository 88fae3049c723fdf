"""Stripe through its SDK: from the session to the money, in whatever order the news arrives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from core.errors import Refused
from payments.gateways import registry
from payments.gateways.base import hint_of
from payments.models import Attempt, AttemptStatus, PaymentStatus, ProviderEvent
from payments.services import checkout, close_payment, open_checkout, polling
from payments.tests.conftest import RETURN_URL, all_due_now

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _stripe_alone(companies, settings):
    settings.PAYMENT_GATEWAYS = ["stripe"]


@contextmanager
def unavailable() -> Iterator[None]:
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.code == "payment_unavailable"


def paid(attempt: Attempt) -> bool:
    attempt.payment.refresh_from_db()
    return attempt.payment.status == PaymentStatus.PAID


def test_paying_settles_by_webhook(shop, companies):
    attempt = shop.opened()
    companies.press(attempt, "pay")
    assert companies.bring() == [200, 200]  # of the payment intent, and of the session
    assert shop.told == [attempt.payment_id]
    assert sorted(ProviderEvent.objects.values_list("outcome", flat=True)) == ["known_already", "settled"]
    attempt.refresh_from_db()
    assert attempt.money_ref.startswith("pi_")


def test_webhooks_in_the_other_order_and_twice_change_nothing(shop, companies):
    attempt = shop.opened()
    companies.world.faults.queue("reorder")
    companies.world.faults.queue("duplicate")
    companies.press(attempt, "pay")
    assert companies.bring() == [200] * 4
    assert shop.told == [attempt.payment_id]
    assert ProviderEvent.objects.count() == 2


def test_a_lost_webhook_is_made_good_by_asking(shop, companies):
    attempt = shop.opened()
    companies.world.faults.webhooks.extend(["lose", "lose"])
    companies.press(attempt, "pay")
    assert companies.bring() == []
    all_due_now()
    polling.poll_due()
    assert shop.told == [attempt.payment_id]


def test_forged_and_altered_webhooks_leave_no_trace(shop, companies):
    attempt = shop.opened()
    companies.world.faults.webhooks.extend(["forge", "alter"])
    companies.press(attempt, "pay")
    assert sorted(companies.bring()) == [200, 200, 401, 401]
    assert ProviderEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("40.00", "USD", 4000),
        ("25000", "CLP", 25000),
        ("25000.00", "COP", 2500000),
        ("1.230", "KWD", 1230),
        ("300", "UGX", 30000),
    ],
)
def test_amounts_are_counted_as_stripe_does(shop, companies, amount, currency, units):
    attempt = shop.opened(amount=amount, currency=currency)
    session = next(iter(companies.world.stripe.table("sessions").values()))
    assert (session["amount_total"], session["currency"]) == (units, currency.lower())
    companies.press(attempt, "pay")
    companies.bring()
    assert paid(attempt)


def test_an_amount_with_parts_that_stripe_cannot_count_is_not_offered(shop, companies):
    assert registry.offers(Decimal("1.234"), "KWD") == []
    with unavailable():
        shop.opened(amount="1.234", currency="KWD")


def test_money_that_takes_days_is_waited_for(shop, companies):
    attempt = shop.opened()
    companies.press(attempt, "transfer")
    companies.bring()
    assert not paid(attempt)
    assert ProviderEvent.objects.get().outcome == "processing"
    with pytest.raises(Refused) as refusal:
        open_checkout(payment_id=attempt.payment_id, return_url=RETURN_URL)
    assert refusal.value.code == "payment_on_its_way"
    companies.press(attempt, "arrives")
    companies.bring()
    assert shop.told == [attempt.payment_id]


def test_money_that_does_not_come_after_all_frees_the_payment_for_another_try(shop, companies):
    attempt = shop.opened()
    companies.press(attempt, "transfer")
    companies.press(attempt, "fails")
    companies.bring()
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.FAILED
    assert open_checkout(payment_id=attempt.payment_id, return_url=RETURN_URL) != attempt.checkout_url


def test_a_declined_card_leaves_the_session_open(shop, companies):
    attempt = shop.opened()
    companies.press(attempt, "decline")
    companies.bring()
    assert open_checkout(payment_id=attempt.payment_id, return_url=RETURN_URL) == attempt.checkout_url
    companies.press(attempt, "pay")
    companies.bring()
    assert paid(attempt)


def test_the_session_ends_when_the_time_to_pay_does(shop, companies):
    """Stripe's shortest session is half an hour: what is held for less is ended by us."""
    soon = timezone.now() + timedelta(minutes=5)
    attempt = shop.opened(payable_until=soon)
    attempt.refresh_from_db()
    assert attempt.expires_at > soon + timedelta(minutes=20)
    close_payment(payment_id=attempt.payment_id)
    checkout.end_checkouts(attempt.payment_id)
    attempt.refresh_from_db()
    assert attempt.status == AttemptStatus.EXPIRED
    assert companies.of(attempt).sales()[0].buttons == ()


def test_money_sent_in_time_may_arrive_after_the_end(shop, companies):
    attempt = shop.opened(payable_until=timezone.now() + timedelta(minutes=30))
    companies.press(attempt, "transfer")
    close_payment(payment_id=attempt.payment_id)
    checkout.end_checkouts(attempt.payment_id)
    Attempt.objects.update(expires_at=timezone.now() - timedelta(days=3))
    companies.press(attempt, "arrives")
    companies.bring()
    assert paid(attempt)
    assert shop.told == [attempt.payment_id]


def test_asked_again_for_the_same_attempt_the_same_session(shop, companies):
    attempt = shop.opened()
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        again = registry.gateway("stripe").create_checkout(Attempt.objects.get(pk=attempt.pk))
    assert again.provider_ref == attempt.provider_ref


def test_an_answer_that_got_lost_costs_nothing(shop, companies):
    companies.world.faults.queue("cut")
    payment = shop.owes()
    with unavailable():
        open_checkout(payment_id=payment.pk, return_url=RETURN_URL)
    assert open_checkout(payment_id=payment.pk, return_url=RETURN_URL)
    assert len(companies.world.stripe.table("sessions")) == 1


def test_an_error_of_stripes_own_is_not_met_again(shop, companies):
    """It would be the answer to that attempt for a day."""
    companies.world.faults.queue("500")
    payment = shop.owes()
    with unavailable():
        open_checkout(payment_id=payment.pk, return_url=RETURN_URL)
    assert open_checkout(payment_id=payment.pk, return_url=RETURN_URL)


def test_real_money_does_not_pay_where_test_money_is_asked_for(shop, companies):
    attempt = shop.opened()
    companies.press(attempt, "pay")
    companies.world.stripe.table("sessions")[attempt.provider_ref]["livemode"] = True
    companies.bring()
    assert not paid(attempt)
    assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {"not_ours"}


def test_another_amount_or_reference_pays_nothing(shop, companies):
    attempt = shop.opened()
    companies.press(attempt, "pay")
    session = companies.world.stripe.table("sessions")[attempt.provider_ref]
    session["amount_total"] = 1
    companies.bring()
    assert not paid(attempt)
    attempt.refresh_from_db()
    assert (attempt.problem, attempt.questioned_at is None) == ("wrong_amount", False)


def test_a_stranger_in_our_account_is_set_aside(shop, companies):
    attempt = shop.opened()
    session = companies.world.stripe.table("sessions")[attempt.provider_ref]
    session["client_reference_id"], session["_intent_metadata"] = "of-another-shop", {}
    companies.of(attempt).press(attempt.provider_ref, "pay")
    companies.bring()
    assert not paid(attempt)
    assert set(ProviderEvent.objects.values_list("outcome", flat=True)) == {"unknown_reference"}


def test_what_is_fetched_by_the_session_and_by_the_money_is_the_same(shop, companies):
    attempt = shop.opened()
    companies.press(attempt, "pay")
    by_session = registry.gateway("stripe").fetch(hint_of(attempt))
    companies.bring()
    attempt.refresh_from_db()
    assert hint_of(attempt).provider_ref == by_session.money_ref
    assert registry.gateway("stripe").fetch(hint_of(attempt)) == by_session
