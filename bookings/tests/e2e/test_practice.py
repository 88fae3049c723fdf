"""A practice's services and settings in a browser: for everybody, and without JavaScript."""

from __future__ import annotations

import pytest

from bookings.models import BookingPolicy, Service
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_professional, make_service

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def professional():
    return make_professional(slug="ana", name="Dra. Ana Ruiz", country="ES", closed_on_holidays=True)


def test_a_service_is_added_without_javascript(person, browser, ws_server, professional):
    page = person(browser, java_script_enabled=False, viewport={"width": 390, "height": 844})
    sign_in(page, ws_server, professional.user)
    page.goto(f"{ws_server}/doctor/services/")
    page.get_by_role("link", name="Add a service").first.click()
    page.get_by_label("Name").fill("First visit")
    page.get_by_label("In person").check()
    assert not page.get_by_label("The call ends after").is_visible()
    page.get_by_role("radio", name="Another length").check()
    page.get_by_role("spinbutton", name="Another length").fill("45")
    page.get_by_role("spinbutton", name="Price").fill("80")
    page.get_by_role("button", name="Add the service").click()
    page.get_by_role("link", name="Its page").click()
    page.wait_for_url("**/p/ana/first-visit/")
    assert Service.objects.get().duration_minutes == 45


def test_settings_are_saved(page, ws_server, professional):
    sign_in(page, ws_server, professional.user)
    page.goto(f"{ws_server}/doctor/settings/")
    page.get_by_label("2 days", exact=True).check()
    page.get_by_label("Region").select_option("Madrid")
    page.get_by_role("button", name="Save the settings").click()
    page.get_by_text("Saved.").wait_for()
    policy = BookingPolicy.objects.get()
    assert (policy.reminder_minutes, policy.holiday_region) == ([2880, 1440, 60], "MD")


def test_these_pages_are_for_everybody(page, problems, ws_server, professional, for_everybody):
    service = make_service(professional, duration_minutes=45, buffer_after_minutes=10)
    make_service(professional, is_active=False, modality="in_person", price=0)
    sign_in(page, ws_server, professional.user)
    for path in ("services/", "services/new", f"services/{service.pk}/", "settings/"):
        page.goto(f"{ws_server}/doctor/{path}")
        for_everybody(page)
    page.goto(f"{ws_server}/doctor/services/new")
    page.get_by_role("button", name="Add the service").click()
    page.locator(".error-summary").wait_for()
    for_everybody(page)
    problems.clear()  # the browser mentions the status 400 of the page with errors
