"""The availability editor in a browser: by phone without JavaScript, and for everybody."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from playwright.sync_api import Locator, Page

from bookings.models import AvailabilityBlock, TimeOff
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_professional, make_service, make_time_off

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PAGE = "/doctor/availability/"


@pytest.fixture
def practice():
    """With some of everything in this week."""
    practice = make_professional(country="ES", zone="Europe/Madrid", closed_on_holidays=True)
    service = make_service(practice, name="First visit")
    today = date.today()
    some = AvailabilityBlock.objects.create(professional=practice, weekday=6, starts=time(9), ends=time(12))
    some.services.add(service)
    AvailabilityBlock.objects.create(
        professional=practice, date=today + timedelta(days=1), starts=time(17), ends=time(20), notes="Late"
    )
    AvailabilityBlock.objects.create(
        professional=practice, weekday=7, starts=time(9), ends=time(12), is_active=False
    )
    make_time_off(practice, days=0, reason="Congress")
    return practice


def sent(page: Page, button: Locator) -> None:
    """Presses, and waits until the next page is there."""
    with page.expect_navigation():
        button.click()


def test_hours_and_time_off_by_phone_without_javascript(person, browser, ws_server, practice):
    page = person(browser, java_script_enabled=False, viewport={"width": 390, "height": 844})
    sign_in(page, ws_server, practice.user)
    page.goto(ws_server + PAGE)
    page.get_by_role("link", name="Add hours", exact=True).click()
    page.get_by_label("Monday").check()
    page.get_by_label("Wednesday").check()
    page.get_by_label("Opens at").fill("17")
    page.get_by_label("Closes at").fill("1930")
    sent(page, page.get_by_role("button", name="Add"))
    assert "Added on 2 days." in page.locator(".messages").inner_text()
    assert AvailabilityBlock.objects.filter(professional=practice, ends=time(19, 30)).count() == 2

    sent(page, page.get_by_role("switch", name="Open: Wednesday, 17:00–19:30"))
    assert not AvailabilityBlock.objects.get(weekday=3, ends=time(19, 30)).is_active

    pencil = page.get_by_role("link", name="Change: Monday, 17:00–19:30")
    before = pencil.evaluate("link => link.getBoundingClientRect().x")
    page.locator("summary", has_text="Remove: Monday, 17:00–19:30").click()
    assert page.get_by_text("Keep it").filter(visible=True).count() == 1
    assert pencil.evaluate("link => link.getBoundingClientRect().x") == before
    sent(page, page.locator("details[open] button"))
    assert not AvailabilityBlock.objects.filter(weekday=1, ends=time(19, 30)).exists()

    page.get_by_role("link", name="Take time off").click()
    page.get_by_label("First day").fill(str(date.today() + timedelta(days=60)))
    sent(page, page.get_by_role("button", name="Take time off"))
    assert TimeOff.objects.filter(professional=practice).count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_everybody_can_use_it(page, ws_server, practice, for_everybody):
    sign_in(page, ws_server, practice.user)
    off = TimeOff.objects.get()
    for path in (
        "",
        "hours/new",
        "dates/new",
        "days/1/copy",
        f"time-off/{off.pk}",
        "time-off/new?kind=range",
    ):
        page.goto(ws_server + PAGE + path)
        for summary in page.locator("main summary").all():
            summary.click()
        for_everybody(page)
