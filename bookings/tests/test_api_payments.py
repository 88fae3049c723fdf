"""The practice's money by the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.selectors.payments import Wanted, wanted_payments
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_professional, make_service, make_user, utc
from bookings.tests.members import bought, make_member, make_plan
from bookings.tests.past import a_patient, given_back, paid, past_booking
from payments.models import Refund

pytestmark = pytest.mark.django_db
URL = "/api/v1/payments"
MARCH = utc(2025, 3, 11, 3, 30)  # the evening of the 10th in Bogotá


@pytest.fixture
def professional():
    return make_professional()


@pytest.fixture
def service(professional):
    return make_service(professional, name="First visit")


@pytest.fixture
def attempt(service):
    return paid(past_booking(service, MARCH, a_patient(service, name="Luz Ñáñez")), MARCH)


@pytest.fixture
def app(professional):
    return api(professional.user)


def test_the_list_with_its_sums(app, service, attempt):
    given_back(attempt, MARCH, "10000.5")
    answer = app.get(URL).json()
    (row,) = answer["results"]
    assert row["subject"] | {"id": "", "reference": ""} == {
        "type": "booking",
        "id": "",
        "title": "First visit",
        "patient": "Luz Ñáñez",
        "reference": "",
    }
    assert {name: row[name] for name in ("amount", "returned", "owed_back", "net", "status", "paid_at")} == {
        "amount": "25000.00",
        "returned": "10000.50",
        "owed_back": "0.00",
        "net": "14999.50",
        "status": "returned",
        "paid_at": "2025-03-11T03:30:00Z",
    }
    assert answer["totals"] == [
        {
            "month": "2025-03-01",
            "currency": "COP",
            "paid": "25000.00",
            "returned": "10000.50",
            "owed_back": "0.00",
            "net": "14999.50",
        }
    ]


def test_it_is_narrowed_and_turned(app, service, attempt):
    bought(make_member(), make_plan(service, price=90000))
    assert app.get(URL).json()["count"] == 2
    assert app.get(URL, {"page_size": 1}).json()["next"]
    assert app.get(URL, {"to": "2025-03-10"}).json()["count"] == 1
    assert app.get(URL, {"from": "2025-03-11", "currency": "COP"}).json()["count"] == 1
    assert app.get(URL, {"status": "closed"}).json()["count"] == 0
    assert app.get(URL, {"currency": "USD"}).json()["totals"] == []


@pytest.mark.parametrize(
    ("query", "attr", "code"),
    [
        ({"from": "2025-02-02", "to": "2025-02-01"}, "to", "order"),
        ({"from": "nonsense"}, "from", "invalid"),
        ({"status": "nonsense"}, "status", "invalid_choice"),
        ({"to": "9999-12-31"}, "to", "out_of_range"),
    ],
)
def test_what_is_not_understood_is_said_with_its_field(app, query, attr, code):
    answer = app.get(URL, query)
    assert (answer.status_code, error_of(answer)["attr"], error_of(answer)["code"]) == (400, attr, code)


def test_one_payment_with_its_story(app, attempt):
    answer = app.get(f"{URL}/{attempt.payment_id}").json()
    assert answer["reference"] == attempt.payment.reference
    assert {line["what"].partition(" ")[0] for line in answer["story"]} == {"Asked", "Checkout", "Paid"}


def test_giving_back_once_however_often_it_is_asked_for(app, attempt):
    address, wish = f"{URL}/{attempt.payment_id}/refund", {"amount": "5000", "reason": "came late"}
    for _twice in range(2):
        answer = app.post(address, wish, headers={"Idempotency-Key": "k" * 16})
        assert answer.status_code == 201
    assert (answer.json()["owed_back"], answer.json()["status"]) == ("5000.00", "owed_back")
    assert [one["amount"] for one in answer.json()["refunds"]] == ["5000.00"]
    rest = app.post(address, {}).json()
    assert (rest["net"], Refund.objects.count()) == ("0.00", 2)
    nothing = app.post(address, {})
    assert (nothing.status_code, error_of(nothing)["code"]) == (400, "nothing_left")


@pytest.mark.parametrize(
    ("amount", "code"),
    [("25000.01", "refund_too_large"), ("-1", "invalid_amount"), ("1.005", "invalid_amount")],
)
def test_amounts_that_cannot_go_back(app, attempt, amount, code):
    answer = app.post(f"{URL}/{attempt.payment_id}/refund", {"amount": amount})
    assert (answer.status_code, error_of(answer)["code"], error_of(answer)["attr"]) == (400, code, "amount")


def test_only_the_practice(attempt):
    for user, status in ((make_professional().user, 404), (make_user(), 403)):
        assert api(user).get(f"{URL}/{attempt.payment_id}").status_code == status
        assert api(user).post(f"{URL}/{attempt.payment_id}/refund").status_code == status
    assert api(make_user()).get(URL).status_code == 403
    assert not Refund.objects.exists()


@pytest.mark.parametrize("accepted", ["*/*", "application/json", "text/csv"])
def test_the_file(app, attempt, accepted):
    answer = app.get(f"{URL}/export", headers={"accept": accepted})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert attempt.payment.reference in answer.getvalue().decode()


def test_whoever_accepts_a_pdf_alone_gets_it_and_hears_of_mistakes(app, attempt):
    accepted = {"accept": "application/pdf"}
    answer = app.get(f"{URL}/{attempt.payment_id}/receipt", headers=accepted)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    missing = app.get(f"{URL}/{uuid4()}/receipt", headers=accepted)
    assert (missing.status_code, error_of(missing)["code"]) == (404, "not_found")


def test_few_or_many_payments_cost_the_same_queries(app, service, attempt):
    def queries():
        with CaptureQueriesContext(connection) as context:
            assert app.get(URL).status_code == 200
        return len(context)

    plan = make_plan(service)
    bought(make_member(), plan)
    queries()
    few = queries()
    for number in range(15):
        moment = MARCH + timedelta(days=number + 1)
        given_back(paid(past_booking(service, moment), moment), moment, "5")
        bought(make_member(email=f"m{number}@example.org"), plan)
    assert queries() == few


def test_payments_of_others_are_not_read_through(professional, attempt):
    """From the practice's appointments and memberships to their payments, by indexes alone."""
    with connection.cursor() as cursor:  # a few rows would be read through because they are few
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = wanted_payments(professional, Wanted()).explain()
    assert "payment_one_per_subject" in plan
    assert "Seq Scan" not in plan
