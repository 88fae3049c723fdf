"""Receipts: for whoever paid and for the practice, as a page and as a file, saying what went back since."""

from __future__ import annotations

import pytest
from django.utils import translation

from accounts.services.erasure import erase_patient
from bookings.access import token_of
from bookings.receipts import receipt_for_payer, receipt_for_practice, receipt_of_booking
from bookings.tests.api import api
from bookings.tests.factories import make_booking, make_professional, make_service, make_user, utc
from bookings.tests.members import bought, make_member, make_plan
from bookings.tests.past import a_patient, given_back, paid, past_booking
from payments.models import Payment
from payments.receipts import as_pdf

pytestmark = pytest.mark.django_db
MARCH = utc(2025, 3, 11, 3, 30)  # the evening of the 10th in Bogotá
PDF = b"%PDF-"


@pytest.fixture
def luz():
    return make_member(name="Luz Ñáñez")


@pytest.fixture
def professional():
    return make_professional(licence="PS-77", address="Calle 85 # 11-53")


@pytest.fixture
def booking(professional, luz):
    service = make_service(professional, name="Couples therapy")
    patient = a_patient(service, name="Luz Ñáñez", user=luz)
    return past_booking(service, MARCH, patient, reason="Insomnia")


@pytest.fixture
def attempt(booking):
    return paid(booking, MARCH, "25000")


def page(client, address):
    return client.get(address, headers={"accept-language": "en"})


def test_the_private_link_leads_to_the_receipt(client, booking, attempt):
    token = token_of(booking)
    said = page(client, f"/b/{token}/receipt").content.decode()
    for words in ("Couples therapy", "Licence PS-77", "March 10, 2025, 22:30", "Sandbox", attempt.reference):
        assert words in said
    assert "Luz Ñáñez" in said
    assert "Insomnia" not in said
    assert f"/b/{token}/receipt" in page(client, f"/b/{token}/").content.decode()
    answer = page(client, f"/b/{token}/receipt.pdf")
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", PDF)
    assert attempt.payment.reference in answer["Content-Disposition"]


def test_it_says_what_has_gone_back_since(client, booking, attempt):
    given_back(attempt, MARCH, "10000")
    attempt.refunds.create(amount=5000, reason="x", due_at=MARCH)
    said = page(client, f"/b/{token_of(booking)}/receipt").content.decode()
    assert "Given back, " in said
    assert "On its way back" in said
    assert "10,000" in said
    assert "Stays paid" in said


def test_what_a_bank_took_while_it_was_on_its_way_back_leaves_nothing(attempt, luz):
    attempt.refunds.create(amount=20000, reason="x", due_at=MARCH, status="failed")
    attempt.disputes.create(provider_id="d", amount=25000, status="lost", closed_at=MARCH)
    receipt = receipt_for_payer(luz, attempt.payment_id)
    assert ([one.amount for one in receipt.returns], receipt.on_its_way) == ([25000], 20000)
    assert receipt.left == 0


def test_whoever_paid_finds_it_in_the_account(client, booking, attempt, luz):
    client.force_login(luz)
    address = f"/me/receipts/{attempt.payment_id}/"
    assert address in page(client, "/me/").content.decode()
    assert page(client, address).status_code == 200
    assert page(client, f"{address}receipt.pdf").content[:5] == PDF


def test_a_plan_has_one_too(client, luz, professional):
    plan = make_plan(make_service(professional), name="Three months", months=3, price=90000)
    bought(luz, plan)
    client.force_login(luz)
    said = page(client, f"/me/receipts/{Payment.objects.get().pk}/").content.decode()
    assert "Three months" in said
    assert "Plan of 3 months" in said
    assert "Luz Ñáñez" in said


def test_nobody_else_and_nothing_before_it_is_paid(client, booking, attempt, professional, luz):
    unpaid = make_booking(make_service(make_professional(always_open=True)), user=luz, email=luz.email)
    address = f"/me/receipts/{attempt.payment_id}/"
    assert page(client, address).status_code == 302
    client.force_login(make_user())
    assert page(client, address).status_code == 404
    client.force_login(luz)
    assert page(client, f"/me/receipts/{Payment.objects.get(subject_id=unpaid.pk).pk}/").status_code == 404
    assert page(client, f"/b/{token_of(unpaid)}/receipt").status_code == 404
    client.force_login(make_professional().user)
    assert page(client, f"/doctor/payments/{attempt.payment_id}/receipt.pdf").status_code == 404
    client.force_login(professional.user)
    assert page(client, f"/doctor/payments/{attempt.payment_id}/receipt.pdf").content[:5] == PDF


def test_of_a_patient_who_is_erased_the_practice_keeps_it_without_a_name(
    client, booking, attempt, luz, professional
):
    token, address = token_of(booking), f"/doctor/payments/{attempt.payment_id}/"
    given_back(attempt, MARCH, "25000")
    erase_patient(patient_id=booking.patient_id, by=make_user(role="medical_admin", is_staff=True))
    receipt = receipt_for_practice(professional, attempt.payment_id)
    assert (receipt.sale.payer, receipt.left) == ("", 0)
    assert page(client, f"/b/{token}/receipt.pdf").status_code == 404
    client.force_login(luz)
    assert page(client, f"/me/receipts/{attempt.payment_id}/").status_code == 404
    client.force_login(professional.user)
    assert page(client, f"{address}receipt.pdf").content[:5] == PDF
    assert "Luz" not in page(client, address).content.decode()


def test_a_link_leads_to_the_receipt_of_its_own_booking_alone(client, booking, attempt, professional):
    other = past_booking(make_service(professional), MARCH.replace(day=12))
    assert page(client, f"/b/{token_of(other)}/receipt").status_code == 404
    assert page(client, f"/b/{token_of(other)}/receipt.pdf").status_code == 404


def test_by_the_api_for_both_sides(attempt, luz, professional):
    address = f"/api/v1/payments/{attempt.payment_id}/receipt"
    for user in (luz, professional.user):
        answer = api(user).get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    for user in (make_user(), make_professional().user, make_user(role="medical_admin", is_staff=True)):
        assert api(user).get(address).status_code == 404


def test_it_comes_in_the_language_of_the_reader(attempt, luz):
    with translation.override("es"):
        receipt = receipt_for_payer(luz, attempt.payment_id)
        spanish = as_pdf(receipt)
    with translation.override("en"):
        assert as_pdf(receipt) != spanish


@pytest.mark.parametrize(("amount", "currency"), [("25000", "CLP"), ("80.5", "USD"), ("1.234", "KWD")])
def test_amounts_have_the_decimals_of_their_currency(client, professional, amount, currency):
    booking = past_booking(make_service(professional, currency=currency), MARCH)
    paid(booking, MARCH, amount, currency)
    said = page(client, f"/b/{token_of(booking)}/receipt").content.decode()
    assert {"CLP": "25,000<", "USD": "$80.50", "KWD": "1.234"}[currency] in said


def test_what_somebody_typed_is_printed_and_never_run(professional):
    hostile = '#read("/etc/passwd") *bold* $x$ @ref </td> <script>'
    booking = past_booking(make_service(professional, name=hostile), MARCH)
    paid(booking, MARCH)
    assert as_pdf(receipt_of_booking(booking))[:5] == PDF


@pytest.mark.parametrize("name", ["王小明", "Terapia 😀", "\ue000", "a\x07b", "عائلة", "נ"])
def test_signs_that_our_fonts_lack_are_no_hindrance(professional, name):
    booking = past_booking(make_service(professional, name=name), MARCH)
    paid(booking, MARCH)
    assert as_pdf(receipt_of_booking(booking))[:5] == PDF
