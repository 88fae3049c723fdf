"""The public and the professional's pages in a browser: with and without JavaScript, for everybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import services
from bookings.access import token_of
from bookings.models import Booking
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    open_window,
)
from core.actor import Actor
from core.models import OutboxEvent
from core.outbox import deliver_events

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def service():
    """On call, so that there is always a free time."""
    return make_service(
        make_professional(slug="ana", name="Dra. Ana Ruiz", always_open=True), slug="talk", price=0
    )


def test_a_visitor_books_without_javascript(person, browser, ws_server, service):
    page = person(browser, java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(ws_server)
    page.get_by_role("link", name="Dra. Ana Ruiz").click()
    page.locator("a.service").click()
    page.locator("table.month a").last.click()
    page.locator("a.time").first.click()
    page.locator("[name=name]").fill("Begoña Muñoz")
    page.locator("[name=email]").fill("begona@example.org")
    page.locator("main form button.btn").click()
    page.wait_for_url("**/b/**")
    assert page.locator("h1").inner_text()
    assert Booking.objects.get().status == "waiting_for_professional"


def test_choosing_a_day_swaps_the_times_and_takes_the_focus_there(page, ws_server, service):
    page.goto(f"{ws_server}/p/ana/talk/")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("table").get_by_role("link").nth(1).click()
    expect(page.locator("h2.times-title")).to_be_focused()
    assert page.evaluate("window.sameDocument")
    assert "day=" in page.url


def test_times_are_those_of_the_visitors_own_zone_from_the_first_page_on(page, ws_server, service):
    page.goto(f"{ws_server}/p/ana/talk/")
    expect(page.locator("select[name=tz]")).to_have_value("Europe/Madrid")
    page.wait_for_load_state()
    page.locator("select[name=tz]").select_option("America/Lima")
    page.wait_for_url("**tz=America*")
    page.goto(f"{ws_server}/p/ana/talk/")
    expect(page.locator("select[name=tz]")).to_have_value("America/Lima")


def test_the_theme_is_kept(page, ws_server):
    page.goto(f"{ws_server}/login")
    page.locator("[data-theme-toggle]").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_request_appears_on_the_professionals_page_by_itself(client, page, ws_server, service, elsewhere):
    sign_in(page, ws_server, service.professional.user)
    with page.expect_websocket():
        page.goto(f"{ws_server}/doctor/")
    booking = elsewhere(make_booking, service, name="Begoña Muñoz")
    elsewhere(deliver_events, list(OutboxEvent.objects.values_list("id", flat=True)))
    expect(page.get_by_text("Begoña Muñoz").first).to_be_visible()
    page.locator(".request form button").first.click()
    expect(page.locator(".badge.ok, .badge.live").first).to_be_visible()
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_the_patients_page_hears_of_the_answer(page, ws_server, service, elsewhere):
    booking = make_booking(service, start=None)
    with page.expect_websocket():
        page.goto(f"{ws_server}/b/{token_of(booking)}/")
    elsewhere(services.accept, booking_id=booking.pk, actor=Actor("professional"))
    elsewhere(deliver_events, list(OutboxEvent.objects.values_list("id", flat=True)))
    expect(page.locator(".medallion.ok")).to_be_visible()


def test_every_page_is_for_everybody(page, ws_server, service, for_everybody):
    open_window(make_confirmed(service, reason="Dolor de cabeza"), starts_in=-timedelta(minutes=11))
    booking = make_booking(make_service(service.professional, price=25000), name="Begoña Muñoz")
    start = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT12:00:00Z")
    sign_in(page, ws_server, service.professional.user)
    paths = ["/", "/p/ana/", "/p/ana/talk/", f"/p/ana/talk/book?start={start}", f"/b/{token_of(booking)}/"]
    for path in [*paths, f"/b/{token_of(booking)}/move", "/doctor/", "/me/"]:
        page.goto(ws_server + path)
        for more in page.locator("section.now summary").all():
            more.click()
        for_everybody(page)


def test_what_is_typed_outlives_another_language_and_nothing_of_it_is_kept(page, ws_server, service):
    page.goto(f"{ws_server}/p/ana/talk/")
    page.locator("a.time:visible").first.click()
    page.locator("[name=name]").fill("Begoña Muñoz")
    page.locator("[name=reason]").fill("Dolor de cabeza")
    page.locator("button[name=language]").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator("[name=name]")).to_have_value("Begoña Muñoz")
    expect(page.locator("[name=reason]")).to_have_value("Dolor de cabeza")
    assert not page.evaluate("Object.keys(sessionStorage).some((key) => key.startsWith('typed:'))")


def test_a_form_on_its_way_is_sent_once(page, ws_server, service):
    page.goto(f"{ws_server}/p/ana/talk/")
    page.locator("a.time:visible").first.click()
    page.locator("[name=name]").fill("Begoña Muñoz")
    page.locator("[name=email]").fill("begona@example.org")
    page.locator("main form button.btn").dblclick()
    page.wait_for_url(re.compile("/b/"))
    assert Booking.objects.count() == 1
