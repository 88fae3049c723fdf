"""What medical administration sees of money, and may do about refunds that failed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import Role
from accounts.tests import people
from payments.gateways.base import GatewayRefused, MoneyStatus
from payments.models import Refund
from payments.services import refunds, request_refund, sync_payment

pytestmark = pytest.mark.django_db

PAYMENTS = "/admin/payments/payment/"
REFUNDS = "/admin/payments/refund/"


@pytest.fixture
def admin(client):
    client.force_login(people.user(Role.MEDICAL_ADMIN), backend="accounts.backends.AccountBackend")
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def failed(shop, bank) -> Refund:
    refund = _refund(shop, bank)
    bank.error = GatewayRefused
    refunds.execute_due()
    bank.error = None
    return refund


def _refund(shop, bank) -> Refund:
    attempt = shop.opened()
    bank.pay(attempt)
    sync_payment(payment_id=attempt.payment_id)
    return request_refund(payment_id=attempt.payment_id, reason="rejected")


def act(admin, action: str, *chosen: Refund) -> str:
    form = {"action": action, "_selected_action": [str(refund.pk) for refund in chosen]}
    return admin.post(REFUNDS, form, follow=True).content.decode()


def test_what_waits_for_a_person_comes_first(admin, failed, shop, bank):
    later = _refund(shop, bank)
    page = admin.get(REFUNDS).content.decode()
    places = [page.index(str(refund.attempt.payment.reference)) for refund in (failed, later)]
    assert places == sorted(places)


def test_staff_try_again(admin, failed):
    assert "1 refund changed" in act(admin, "try_again", failed)
    refunds.execute_due()
    failed.refresh_from_db()
    assert failed.status == "succeeded"


def test_staff_say_that_it_is_done(admin, failed):
    act(admin, "done_by_hand", failed)
    failed.refresh_from_db()
    assert failed.status == "succeeded"


def test_what_is_on_its_way_is_left_alone(admin, shop, bank):
    refund = _refund(shop, bank)
    assert "done or on its way" in act(admin, "done_by_hand", refund)
    refund.refresh_from_db()
    assert refund.status == "pending"


def test_it_administration_does_nothing_here(client, failed):
    person = people.user(Role.IT_ADMIN)
    client.force_login(person, backend="accounts.backends.AccountBackend")
    form = {"action": "try_again", "_selected_action": [str(failed.pk)]}
    assert client.post(REFUNDS, form).status_code == 403
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_a_payment_in_question_is_marked_and_says_why(admin, shop, bank):
    attempt = shop.opened()
    bank.change(attempt, status=MoneyStatus.PAID, amount=Decimal("39.00"))
    sync_payment(payment_id=attempt.payment_id)
    fine = shop.opened()
    page = admin.get(PAYMENTS).content.decode()
    assert page.index(attempt.payment.reference) < page.index(fine.payment.reference)
    detail = admin.get(f"{PAYMENTS}{attempt.payment_id}/change/").content.decode()
    assert "wrong_amount" in detail
    assert "39.00 USD" in detail
