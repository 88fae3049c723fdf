"""The practice's page of money: the list, the sums, each payment's story, giving back, the file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.tests.factories import make_professional, make_service, utc
from bookings.tests.members import bought, make_member, make_plan
from bookings.tests.past import a_patient, given_back, paid, past_booking
from core.models import AuditEvent
from payments.models import Refund, StaffNote
from payments.services import give_back

pytestmark = pytest.mark.django_db
URL = "/doctor/payments/"
MARCH = utc(2025, 3, 11, 3, 30)  # the evening of the 10th in Bogotá
STAFF = uuid4()


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
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def lines(answer):
    return list(csv.reader(io.StringIO(answer.getvalue().decode().removeprefix("\ufeff"))))


def test_before_anything_was_paid_it_says_what_will_be_here(doctor):
    said = doctor.get(URL).content.decode()
    assert "No payments yet" in said
    assert "CSV" not in said


def test_each_payment_with_what_became_of_it_and_the_sums(doctor, attempt):
    given_back(attempt, MARCH + timedelta(days=30), "10000")
    answer = doctor.get(URL)
    said = answer.content.decode()
    for words in ("Luz Ñáñez", "First visit", attempt.payment.reference, "Given back in part", "March 2025"):
        assert words in said
    assert [(str(one.month), one.paid, one.returned) for one in answer.context["months"]] == [
        ("2025-04-01", 0, 10000),
        ("2025-03-01", 25000, 0),
    ]
    assert [(one.currency, one.net) for one in answer.context["sums"]] == [("COP", 15000)]


def test_it_is_narrowed_by_days_and_state(doctor, service, attempt):
    assert len(doctor.get(URL, {"from": "2025-03-10", "to": "2025-03-10"}).context["rows"]) == 1
    assert len(doctor.get(URL, {"from": "2025-03-11"}).context["rows"]) == 0
    assert len(doctor.get(URL, {"status": "owed_back"}).context["rows"]) == 0
    assert len(doctor.get(URL, {"status": "nonsense", "currency": "COP"}).context["rows"]) == 1
    wrong = doctor.get(URL, {"from": "2025-03-10", "to": "2025-03-01"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["to"])
    assert "2025-03-10" in wrong.content.decode()


def test_the_story_tells_no_names_and_no_notes_of_staff(doctor, professional, attempt):
    give_back(payment_id=attempt.payment_id, amount=Decimal(5000), why="secret words", by=STAFF, once=uuid4())
    said = doctor.get(f"{URL}{attempt.payment_id}/").content.decode()
    assert "COP&nbsp;5,000" in said or "5,000" in said
    assert "secret words" not in said
    assert "staff" in said
    assert attempt.reference in said


def test_giving_back_a_part_and_then_the_rest(doctor, professional, attempt):
    address = f"{URL}{attempt.payment_id}/refund"
    form = doctor.get(address).context["form"]
    assert form["amount"].value() == "25000.00"
    wish = {"amount": "5000", "why": "came late", "once": form["once"].value()}
    for _twice in range(2):
        assert doctor.post(address, wish)["Location"] == f"{URL}{attempt.payment_id}/"
    assert [str(refund.amount) for refund in Refund.objects.all()] == ["5000.000"]
    assert (
        doctor.post(address, wish | {"amount": "6000"}).status_code == 400
    )  # back in the browser, and changed
    note = StaffNote.objects.get()
    assert (note.staff_id, note.note) == (professional.user_id, "came late")
    assert AuditEvent.objects.filter(action="refund.requested_by_payee").count() == 1
    said = doctor.get(f"{URL}{attempt.payment_id}/").content.decode()
    assert "came late" in said
    assert "· you" in said


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "25001"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "10.5"}, None),
        ({"why": ""}, "why"),
    ],
)
def test_what_cannot_go_back_is_said_at_its_field_and_stays_typed(doctor, attempt, typed, field):
    wish = {"amount": "100", "why": "typed words", "once": str(uuid4())} | typed
    answer = doctor.post(f"{URL}{attempt.payment_id}/refund", wish)
    if field is None:  # COP may have cents
        assert answer.status_code == 302
        return
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert wish["amount"] in answer.content.decode()
    assert not Refund.objects.exists()


def test_the_file_has_every_payment_and_no_formula(doctor, professional, service, attempt):
    service.name = "=HYPERLINK(1)"
    service.save()
    bought(make_member(name="+Luz"), make_plan(service, name="@plan", price=90000))
    answer = doctor.get(f"{URL}payments.csv")
    header, plan, visit = lines(answer)
    assert dict(zip(header, visit, strict=True)) == {
        "Reference": attempt.payment.reference,
        "State": "paid",
        "Paid": "2025-03-10 22:30",
        "Asked for": visit[3],
        "For": "'=HYPERLINK(1)",
        "Patient": "Luz Ñáñez",
        "Appointment": visit[6],
        "Gateway": "Sandbox",
        "Currency": "COP",
        "Amount": "25000.00",
        "Given back": "0.00",
        "To be given back": "0.00",
        "Net": "25000.00",
    }
    assert (plan[4], plan[5]) == ("'@plan", "'+Luz")
    assert AuditEvent.objects.filter(action="payments.exported").count() == 1
    narrowed = lines(doctor.get(f"{URL}payments.csv", {"to": "2025-03-31"}))
    assert len(narrowed) == 2


@pytest.mark.parametrize("query", ["from=9999-99", "currency=%27%3B+--", "from=2025-03-10&to=2025-03-01"])
def test_a_file_of_what_cannot_be_meant_is_no_file_of_everything(doctor, attempt, query):
    answer = doctor.get(f"{URL}payments.csv?{query}")
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}?{query}")
    assert doctor.get(answer["Location"]).status_code == 400
    assert not AuditEvent.objects.filter(action="payments.exported").exists()


def test_another_practices_payment_is_not_there(doctor):
    other = paid(past_booking(make_service(make_professional()), MARCH), MARCH)
    assert doctor.get(URL).context["page"].paginator.count == 0
    for address in ("", "refund", "receipt.pdf"):
        assert doctor.get(f"{URL}{other.payment_id}/{address}").status_code == 404


@pytest.mark.parametrize("address", [URL, f"{URL}payments.csv"])
def test_few_or_many_payments_cost_the_same_queries(doctor, service, address):
    plan = make_plan(service)

    def add(number):
        for at in range(number):
            moment = MARCH + timedelta(days=Refund.objects.count() + at)
            given_back(paid(past_booking(service, moment), moment), moment, "5")
        bought(make_member(email=f"m{number}@example.org"), plan)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as context:
            doctor.get(address).getvalue() if address.endswith("csv") else doctor.get(address)
        return len(context)

    add(1)
    queries()
    few = queries()
    add(20)
    assert queries() == few
