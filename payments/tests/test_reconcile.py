"""`manage.py reconcile_payments` tells of every difference, and of nothing else."""

from __future__ import annotations

from io import StringIO

import httpx
import pytest
from django.core.management import CommandError, call_command

from payments.models import Attempt, AttemptStatus, Payment, Refund
from payments.services import refunds, request_refund
from payments.services.reconciling import differences

pytestmark = pytest.mark.django_db

GATEWAYS = ["stripe", "mercadopago", "wompi"]


@pytest.fixture(params=GATEWAYS)
def attempt(request, shop, companies, settings) -> Attempt:
    settings.PAYMENT_GATEWAYS = [request.param]
    attempt = shop.opened(amount="25000", currency="COP")
    httpx.get(attempt.checkout_url, trust_env=False)
    return attempt


def report() -> str:
    out = StringIO()
    try:
        call_command("reconcile_payments", stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


def paid(attempt: Attempt, companies) -> None:
    companies.press(attempt, "pay")
    companies.bring()


def test_nothing_to_tell(attempt, companies):
    assert report() == "No differences.\n"
    paid(attempt, companies)
    request_refund(payment_id=attempt.payment_id, reason="rejected")
    refunds.execute_due()
    companies.bring()
    assert report() == "No differences.\n"


def test_money_we_have_not_heard_of(attempt, companies):
    companies.press(attempt, "pay")
    assert f"{attempt.reference}: money: ours open, theirs paid 25000" in report()


def test_money_that_is_not_there(attempt, companies):
    Attempt.objects.update(status=AttemptStatus.PAID, paid_at=attempt.created_at)
    assert f"{attempt.reference}" in report()


def test_money_that_went_back_behind_our_back(attempt, companies):
    paid(attempt, companies)
    companies.press(attempt, "void" if attempt.gateway == "wompi" else "refund")
    assert f"{attempt.reference}: refunded: ours 0, theirs 25000" in report()


def test_money_of_which_our_books_know_nothing_at_all(attempt, companies):
    """As after a restore of an old backup."""
    paid(attempt, companies)
    Attempt.objects.all().delete()
    Payment.objects.all().delete()
    assert f"{attempt.reference}: money: ours unknown, theirs paid 25000" in report()


def test_a_gateway_that_does_not_answer(attempt, companies):
    companies.world.faults.api.extend(["500"] * 9)
    assert "answer: ours open, theirs " in report()


def test_a_dispute_we_have_not_heard_of(shop, companies, settings):
    settings.PAYMENT_GATEWAYS = ["stripe"]
    attempt = shop.opened()
    paid(attempt, companies)
    companies.press(attempt, "dispute")
    assert "dispute: ours none, theirs open" in report()


def test_a_second_payment_we_have_not_heard_of(shop, companies, settings):
    settings.PAYMENT_GATEWAYS = ["mercadopago"]
    attempt = shop.opened(amount="25000", currency="COP")
    paid(attempt, companies)
    companies.press(attempt, "pay")
    assert "money: ours paid, theirs paid 25000" in report()
    companies.bring()
    refunds.execute_due()
    assert Refund.objects.count() == 1
    assert list(differences(since=attempt.created_at)) == []
