"""The public calendar in a browser: from a full month to the next free day, and every state for everybody."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone
from playwright.sync_api import expect

from bookings.models import BookingPolicy, TimeOff
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_confirmed, make_professional, make_request, make_service, make_user
from bookings.views.calendar import month_of

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def service():
    return make_service(
        make_professional(slug="ana", name="Dra. Ana Ruiz", always_open=True, horizon_days=120),
        slug="talk",
        price=0,
    )


@pytest.fixture
def full_month(service):
    """The next month, in which the professional is away."""
    zone = service.professional.zone
    month = month_of(timezone.localdate(timezone=zone)).following
    begins, ends = (datetime.combine(day, time(0), zone) for day in (month.first, month.following.first))
    TimeOff.objects.create(professional=service.professional, starts_at=begins, ends_at=ends)
    return month


def close(service, **policy):
    BookingPolicy.objects.filter(professional=service.professional).update(**policy)


def test_a_full_month_leads_to_the_next_free_day_in_place(page, ws_server, service, full_month):
    page.goto(f"{ws_server}/p/ana/talk/?tz=America/Bogota")
    page.get_by_role("link", name="Next month").click()
    expect(page.locator(".empty")).to_contain_text("No free times in")
    page.evaluate("window.sameDocument = true")
    page.locator(".empty a.btn").click()
    expect(page.locator("h2.times-title")).to_be_focused()
    expect(page.locator("table.month a[aria-current]")).to_have_text("1")
    assert page.evaluate("window.sameDocument")


def test_it_leads_there_without_javascript(person, browser, ws_server, service, full_month):
    page = person(browser, java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(f"{ws_server}/p/ana/talk/?month={full_month}&tz=America/Bogota")
    page.locator(".empty a.btn").click()
    assert page.locator("a.time").count() > 20


def test_nothing_moves_while_the_calendar_opens(page, ws_server, service):
    page.goto(f"{ws_server}/p/ana/")
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.moved +="
        " entry.value }).observe({type: 'layout-shift', buffered: true})"
    )
    page.goto(f"{ws_server}/p/ana/talk/")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.moved") < 0.01


def test_every_state_is_for_everybody(page, ws_server, service, full_month, for_everybody):
    def look(*paths):
        for path in paths:
            page.goto(ws_server + path)
            for_everybody(page)

    look("/p/ana/", f"/p/ana/talk/?month={full_month}")
    close(service, patients_only=True)
    look("/p/ana/", "/p/ana/talk/")
    close(service, allow_public_booking=False)
    look("/p/ana/", "/p/ana/talk/")


def test_the_patients_list_is_for_everybody(page, ws_server, service, for_everybody):
    user = make_user(email="julia@example.org", name="Julia Torres")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    make_request(service, user=user, email=user.email)
    make_confirmed(
        service,
        user=user,
        email=user.email,
        start=timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3),
    )
    sign_in(page, ws_server, user)
    page.goto(f"{ws_server}/me/")
    page.locator("summary").first.click()
    for_everybody(page)
