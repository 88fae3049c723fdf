"""A practice's money in a browser: giving back, and the receipt that the patient reads after; for everybody."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.access import token_of
from bookings.models import Booking
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_professional, make_service
from bookings.tests.past import a_patient, given_back, paid, past_booking

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def attempt():
    service = make_service(make_professional(slug="ana", name="Dra. Ana Ruiz"), name="First visit")
    now = timezone.now()
    return paid(past_booking(service, now, a_patient(service, name="Luz Marín")), now)


def test_a_part_goes_back_and_the_receipt_says_so_without_javascript(
    person, problems, browser, ws_server, attempt
):
    booking = Booking.objects.get()
    phone = {"java_script_enabled": False, "viewport": {"width": 390, "height": 844}}
    doctor = person(browser, **phone)
    sign_in(doctor, ws_server, booking.professional.user)
    doctor.goto(f"{ws_server}/doctor/payments/")
    doctor.get_by_role("link", name="Luz Marín").click()
    doctor.get_by_role("link", name="Give money back").click()
    doctor.get_by_label("Amount").fill("999999")
    doctor.get_by_label("Reason").fill("It began late")
    doctor.get_by_role("button", name="Yes, give it back").click()
    expect(doctor.get_by_role("alert")).to_contain_text("more than what is left")
    problems.clear()  # the browser mentions the status 400 of the page with errors
    doctor.get_by_label("Amount").fill("10000")
    doctor.get_by_role("button", name="Yes, give it back").click()
    expect(doctor.get_by_text("It began late")).to_be_visible()
    expect(doctor.get_by_text("To be given back").first).to_be_visible()

    patient = person(browser, **phone)
    patient.goto(f"{ws_server}/b/{token_of(booking)}/")
    patient.get_by_role("link", name="Receipt").click()
    expect(patient.get_by_text("On its way back")).to_be_visible()
    expect(patient.get_by_role("link", name="Receipt as PDF")).to_be_visible()


def test_these_pages_are_for_everybody(page, ws_server, attempt, for_everybody):
    booking = Booking.objects.get()
    given_back(attempt, timezone.now(), "10000")
    sign_in(page, ws_server, booking.professional.user)
    one = f"/doctor/payments/{attempt.payment_id}/"
    for address in ("/doctor/payments/", one, f"{one}refund", f"/b/{token_of(booking)}/receipt"):
        page.goto(f"{ws_server}{address}")
        for_everybody(page)
