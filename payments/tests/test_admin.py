"""What medical administration sees of money, and may do about refunds that failed."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from accounts.tests import people
from core.models import AuditEvent
from payments.gateways.base import GatewayRefused, MoneyStatus
from payments.models import Payment, Refund
from payments.selectors import has_open_question
from payments.services import give_back, refunds, request_refund, sync_payment

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


def act(admin, action: str, *chosen: Refund, **answers: str) -> str:
    form = {"action": action, "_selected_action": [str(refund.pk) for refund in chosen], "_confirmed": "1"}
    return admin.post(REFUNDS, form | answers, follow=True).content.decode()


def read(admin, address: str, **query: str) -> str:
    return admin.get(address, query, follow=True).content.decode()


BY_HAND = {"given_by": "Eva", "given_on": str(timezone.localdate()), "reference": "transfer 8831"}


@pytest.fixture
def paid(shop, bank) -> Payment:
    attempt = shop.opened()
    bank.pay(attempt)
    return sync_payment(payment_id=attempt.payment_id)


@pytest.fixture
def questioned(shop, bank) -> Payment:
    attempt = shop.opened()
    bank.change(attempt, status=MoneyStatus.PAID, amount=Decimal("39.00"))
    return sync_payment(payment_id=attempt.payment_id)


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


@pytest.mark.parametrize(
    ("status", "words"), [("open", "asks for this money, too"), ("lost", "has taken money")]
)
def test_whoever_gives_back_by_hand_hears_what_the_bank_does(admin, failed, status, words):
    address = f"{REFUNDS}{failed.pk}/done-by-hand/"
    assert words not in read(admin, address)
    closed_at = timezone.now() if status == "lost" else None
    failed.attempt.disputes.create(provider_id="d", amount=40, status=status, closed_at=closed_at)
    assert words in read(admin, address)


def test_staff_say_that_it_is_done_by_whom_and_when(admin, failed):
    act(admin, "done_by_hand", failed)
    failed.refresh_from_db()
    assert failed.status == "failed", "who, when and the reference are asked for"
    assert "1 refund changed" in act(admin, "done_by_hand", failed, **BY_HAND)
    failed.refresh_from_db()
    assert failed.status == "succeeded"
    page = read(admin, f"{PAYMENTS}{failed.attempt.payment_id}/change/")
    assert "Eva" in page and "transfer 8831" in page


def test_what_is_on_its_way_is_left_alone(admin, failed, shop, bank):
    refund = _refund(shop, bank)
    page = act(admin, "done_by_hand", refund, failed, **BY_HAND)
    assert "done or on its way" in page and "1 refund changed" in page
    refund.refresh_from_db()
    assert refund.status == "pending"
    assert "done-by-hand" not in read(admin, f"{REFUNDS}{refund.pk}/change/")


def test_it_administration_does_nothing_here(client, failed):
    person = people.user(Role.IT_ADMIN)
    client.force_login(person, backend="accounts.backends.AccountBackend")
    form = {"action": "try_again", "_selected_action": [str(failed.pk)]}
    assert client.post(REFUNDS, form).status_code == 403
    failed.refresh_from_db()
    assert failed.status == "failed"


def test_a_payment_in_question_comes_first_and_says_why(admin, questioned, shop):
    fine = shop.opened()
    page = read(admin, PAYMENTS)
    assert page.index(questioned.reference) < page.index(fine.payment.reference)
    assert fine.payment.reference not in read(admin, PAYMENTS, question="open")
    detail = read(admin, f"{PAYMENTS}{questioned.pk}/change/")
    assert "another amount than was asked for" in detail
    assert "39.00 USD" in detail


def test_a_question_is_closed_with_what_became_of_the_money(admin, questioned):
    address = f"{PAYMENTS}{questioned.pk}/close-question/"
    assert address in read(admin, f"{PAYMENTS}{questioned.pk}/change/")
    admin.post(address, {"_confirmed": "1", "note": "sent back by the bank"})
    assert not has_open_question(questioned)
    page = read(admin, f"{PAYMENTS}{questioned.pk}/change/")
    assert "sent back by the bank" in page and address not in page


def test_the_gateway_is_asked_again(admin, questioned, bank):
    bank.change(questioned.attempts.get(), amount=Decimal("40.00"))
    admin.post(f"{PAYMENTS}{questioned.pk}/ask-gateway/", {"_confirmed": "1"})
    questioned.refresh_from_db()
    assert questioned.status == "paid"


def test_money_goes_back_in_part_and_the_page_tells_it(admin, paid):
    address = f"{PAYMENTS}{paid.pk}/refund/"
    form = {"_confirmed": "1", "amount": "12.5", "why": "the room was cold", "once": str(uuid4())}
    for _sent_twice in range(2):
        admin.post(address, form)
    assert Refund.objects.get().amount == Decimal("12.5")
    page = read(admin, f"{PAYMENTS}{paid.pk}/change/")
    for words in ("the room was cold", "$12.50", "$27.50"):
        assert words in page


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("40.01", "more than what is left"),
        ("1.005", "more decimals"),
        ("-1", "greater than"),
        ("x", "number"),
    ],
)
def test_no_other_amount_goes_back(admin, paid, amount, words):
    form = {"_confirmed": "1", "amount": amount, "why": "x", "once": str(uuid4())}
    answer = admin.post(f"{PAYMENTS}{paid.pk}/refund/", form)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Refund.objects.exists()


def test_what_a_rule_forbids_is_said_at_its_field_and_what_was_typed_stays(admin, paid):
    form = {"_confirmed": "1", "amount": "40.01", "why": "the room was cold", "once": str(uuid4())}
    answer = admin.post(f"{PAYMENTS}{paid.pk}/refund/", form)
    kept = answer.context["form"]
    assert list(kept.errors) == ["amount"]
    assert {name: kept[name].value() for name in ("amount", "why", "once")} == {
        name: form[name] for name in ("amount", "why", "once")
    }
    assert "the room was cold" in answer.content.decode()
    refused = AuditEvent.objects.get(action="refused")
    assert (refused.facts["code"], refused.facts["status"]) == ("refund_too_large", 400)
    admin.post(f"{PAYMENTS}{paid.pk}/refund/", form | {"amount": "40"})
    assert Refund.objects.get().amount == Decimal(40)


def test_where_nothing_is_left_nothing_is_offered(admin, failed, shop):
    unpaid = shop.opened().payment
    for payment in (failed.attempt.payment, unpaid):
        assert "/refund/" not in read(admin, f"{PAYMENTS}{payment.pk}/change/").replace(REFUNDS, "")


def test_payments_flow_out_as_csv_as_they_are_filtered(admin, paid, shop):
    shop.opened()
    answer = admin.get(f"{PAYMENTS}export/", {"status__exact": "paid"})
    assert answer.streaming
    header, line = b"".join(answer).decode().splitlines()
    assert header.removeprefix("\ufeff").startswith("reference,state,for,amount,given_back,currency")
    assert line.startswith(f"{paid.reference},paid,parcel,40,0,USD,")
    assert AuditEvent.objects.filter(action="payments.exported").count() == 1


def test_it_administration_takes_no_list_along(client, paid):
    client.force_login(people.user(Role.IT_ADMIN), backend="accounts.backends.AccountBackend")
    for address in ("export/", f"{paid.pk}/refund/", f"{paid.pk}/change/"):
        assert client.get(PAYMENTS + address).status_code == 403


def test_lists_and_pages_take_as_many_queries_for_many_rows(admin, shop, bank):
    def make(number):
        for _n in range(number):
            refund = _refund(shop, bank)
        return refund

    refund = make(2)
    addresses = [
        PAYMENTS,
        REFUNDS,
        f"{PAYMENTS}?q=parcel",
        f"{PAYMENTS}{refund.attempt.payment_id}/change/",
        f"{REFUNDS}{refund.pk}/change/",
    ]
    answers = [admin.get(address, follow=True) for address in addresses]
    addresses = [f"{one.request['PATH_INFO']}?{one.request['QUERY_STRING']}" for one in answers]
    few = [count_queries(admin, address) for address in addresses]
    make(10)
    for _n in range(5):
        give_back(payment_id=shop_paid(shop, bank).pk, amount=Decimal(1), why="", by=uuid4(), once=uuid4())
    assert [count_queries(admin, address) for address in addresses] == few
    assert max(few) <= 16


def shop_paid(shop, bank) -> Payment:
    attempt = shop.opened()
    bank.pay(attempt)
    return sync_payment(payment_id=attempt.payment_id)


def count_queries(admin, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert admin.get(address).status_code == 200
    return len(asked)


def test_home_says_what_waits(admin, failed, questioned):
    cards = {card.title: card.count for card in admin.get("/admin/").context["cards"]}
    assert cards["Refunds that need you"] == cards["Payments in question"] == 1
