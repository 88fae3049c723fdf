"""A practice's patients in a browser: without JavaScript, and for everybody."""

from __future__ import annotations

import pytest

from accounts.models import Patient
from bookings import services
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_booking, make_professional, make_service

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def practice():
    return make_professional(name="Dra. Ana Ruiz", always_open=True)


def test_a_duplicate_is_found_and_joined_without_javascript(person, browser, ws_server, practice):
    booking = make_booking(make_service(practice, price=0), name="Begoña Muñoz", email="begona@example.org")
    page = person(browser, java_script_enabled=False, viewport={"width": 390, "height": 844})
    sign_in(page, ws_server, practice.user)
    page.goto(f"{ws_server}/doctor/patients/")
    page.get_by_role("link", name="Add a patient").click()
    page.get_by_label("First and last name").fill("begona munoz")
    page.get_by_label("Phone").fill("+57 300 123 4567")
    page.get_by_role("button", name="Add the patient").click()
    page.get_by_role("link", name="Patients").last.click()
    page.locator("input[type=search]").fill("MUÑOZ")
    page.get_by_role("button", name="Search").click()
    assert "MUÑOZ" not in page.url
    page.get_by_role("link", name="Begoña Muñoz").click()
    page.get_by_role("link", name="Look for others with the same name").click()
    page.get_by_role("link", name="Compare and join").click()
    page.get_by_role("button", name="Keep this one").first.click()
    page.wait_for_url(f"**/doctor/patients/{booking.patient_id}/")
    assert Patient.objects.get(merged_into=None).phone == "+57 300 123 4567"


def test_every_page_is_for_everybody(page, ws_server, practice, for_everybody):
    service = make_service(practice, price=0)
    one = make_booking(
        service, name="Begoña Muñoz Álvarez de Toledo", email="a-rather-long-address@example.org"
    )
    twin = services.add_patient(professional=practice, name="begona munoz alvarez de toledo", language="es")
    sign_in(page, ws_server, practice.user)
    patients = f"{ws_server}/doctor/patients/"
    for path in ["", "new", f"{one.patient_id}/", f"{twin.pk}/?names=1", f"{twin.pk}/merge/{one.patient_id}"]:
        page.goto(patients + path)
        for more in page.locator("main summary").all():
            more.click()
        for_everybody(page)
    page.goto(patients)
    page.locator("input[type=search]").fill("nobody")
    page.locator("input[type=search]").press("Enter")
    page.get_by_text("Nobody found").wait_for()
    for_everybody(page)
