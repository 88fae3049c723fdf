"""A day of medical administration in a browser: on a phone and on a desk, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Role
from accounts.tests import people
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_booking, make_professional, make_service

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_appointment_is_found_moved_and_cancelled(page: Page, ws_server: str, for_everybody, a11y) -> None:
    service = make_service(make_professional(always_open=True), price=0)
    booking = make_booking(service, name="Luz Marín", email="luz@people.test")
    before = booking.starts_at
    sign_in(page, ws_server, people.user(Role.MEDICAL_ADMIN, language="en"))
    page.goto(f"{ws_server}/admin/bookings/booking/?status__exact={booking.status}")
    page.get_by_role("search").get_by_role("textbox").fill("luz@people.test")
    page.keyboard.press("Enter")
    expect(page.get_by_role("search").get_by_role("textbox")).to_have_value("luz@people.test")
    assert "people" not in page.url and f"status__exact={booking.status}" in page.url
    page.get_by_role("link", name=booking.reference).click()
    for_everybody(page)
    page.get_by_role("link", name="Move to another time").click()
    page.get_by_role("radio").nth(4).check()
    a11y(page)
    page.get_by_role("button", name="Move to this time").click()
    expect(page.get_by_text("Moved. The patient has been told.")).to_be_visible()
    booking.refresh_from_db()
    assert booking.starts_at > before
    page.get_by_role("link", name="Cancel the appointment").click()
    page.get_by_label("Reason").fill("The practice is closed")
    page.get_by_role("button", name="Cancel the appointment").click()
    expect(page.get_by_text("1 appointment changed.")).to_be_visible()
    booking.refresh_from_db()
    assert (booking.status, booking.closing_reason) == ("cancelled", "The practice is closed")


def test_what_is_wrong_with_a_form_has_the_focus(
    page: Page, problems: list[str], ws_server: str, for_everybody
) -> None:
    patient = people.patient(make_professional(), name="Luz Marín")
    sign_in(page, ws_server, people.user(Role.MEDICAL_ADMIN, language="en"))
    page.goto(f"{ws_server}/admin/accounts/patient/{patient.pk}/erase/")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("alert")).to_be_focused()
    for_everybody(page)
    problems.remove("Failed to load resource: the server responded with a status of 400 (Bad Request)")
