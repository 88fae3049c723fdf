"""Plans in a browser: from a practice that makes one to a member who books by it; and for everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bookings.models import Booking, Membership
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_professional, make_service
from bookings.tests.members import bought, make_member, make_plan

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def services():
    """The first of two is the one that members have included."""
    professional = make_professional(slug="ana", name="Dra. Ana Ruiz", always_open=True)
    return [make_service(professional, name=name, slug=name.lower()) for name in ("Talk", "Visit")]


def test_a_plan_is_made_bought_and_booked_by_without_javascript(
    person, browser, ws_server, services, settings
):
    settings.PAYMENT_GATEWAYS, settings.EMBEDDED = ["sandbox"], True
    phone = {"java_script_enabled": False, "viewport": {"width": 390, "height": 844}}
    doctor = person(browser, **phone)
    sign_in(doctor, ws_server, services[0].professional.user)
    doctor.goto(f"{ws_server}/doctor/plans/")
    doctor.get_by_role("link", name="Make a plan").first.click()
    doctor.get_by_label("Name").fill("Monthly support")
    doctor.get_by_role("spinbutton", name="Price", exact=True).fill("90000")
    expect(doctor.get_by_label("How often")).to_have_count(2)
    expect(doctor.get_by_label("How often").first).to_be_hidden()
    for service, price in (("Talk", "0"), ("Visit", "5000")):
        row = doctor.get_by_role("group", name=service)
        row.get_by_role("checkbox").check()
        row.get_by_label("Price for members").fill(price)
    doctor.get_by_role("button", name="Offer the plan").click()
    expect(doctor.get_by_text("No members yet")).to_be_visible()

    luz = make_member()
    patient = person(browser, **phone)
    patient.goto(f"{ws_server}/p/ana/")
    patient.get_by_role("link", name="Monthly support").click()
    patient.get_by_role("link", name="Sign in to buy").click()
    sign_in(patient, ws_server, luz)
    patient.goto(patient.url)
    patient.wait_for_url("**/p/ana/plans/**")
    patient.get_by_role("button", name="Buy for").click()
    patient.locator("main button").first.click()
    patient.wait_for_url("**/me/membership**")
    expect(patient.get_by_text("Valid now")).to_be_visible()

    patient.goto(f"{ws_server}/p/ana/talk/")
    patient.locator("table.month a").last.click()
    patient.locator("a.time").first.click()
    expect(patient.locator("aside")).to_contain_text("Included")
    patient.get_by_role("button", name="Book this time").click()
    patient.wait_for_url("**/b/**")
    assert Booking.objects.get().membership == Membership.objects.get()
    doctor.reload()
    expect(doctor.get_by_role("link", name="Luz Marín")).to_be_visible()
    doctor.get_by_role("button", name="End its sale").click()
    expect(doctor.get_by_text("No longer for sale", exact=True)).to_be_visible()


def test_these_pages_are_for_everybody(page, problems, ws_server, services, for_everybody):
    plan, luz = make_plan(services[0], times=3), make_member()
    bought(luz, plan)
    sign_in(page, ws_server, services[0].professional.user)
    for path in ("", f"{plan.pk}/"):
        page.goto(f"{ws_server}/doctor/plans/{path}")
        for_everybody(page)
    page.goto(f"{ws_server}/doctor/plans/new")
    page.get_by_role("button", name="Offer the plan").click()
    page.locator(".error-summary").wait_for()
    for_everybody(page)
    problems.clear()  # the browser mentions the status 400 of the page with errors
    sign_in(page, ws_server, luz)
    for path in ("/p/ana/", f"/p/ana/plans/{plan.pk}/", "/me/membership", "/p/ana/talk/"):
        page.goto(ws_server + path)
        for_everybody(page)
