"""From no time that suits to an appointment, in browsers, with and without JavaScript, for everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from bookings import services
from bookings.models import BookingRequest
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_professional, make_request, make_service
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


def test_a_visitor_asks_without_javascript(person, browser, ws_server, service):
    page = person(browser, java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(f"{ws_server}/p/ana/talk/")
    page.get_by_role("link", name="Tell us when you can").click()
    page.get_by_label("Evening").check()
    page.locator("[name=name]").fill("Begoña Muñoz")
    page.locator("[name=email]").fill("begona@example.org")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name="Dra. Ana Ruiz has your request")).to_be_visible()
    assert BookingRequest.objects.get().part_of_day == "evening"


def test_it_appears_by_itself_and_becomes_an_appointment(page, ws_server, service, elsewhere):
    sign_in(page, ws_server, service.professional.user)
    with page.expect_websocket():
        page.goto(f"{ws_server}/doctor/requests/")
    expect(page.locator("#requests-count")).to_be_hidden()
    wish = elsewhere(make_request, service, name="Begoña Muñoz")
    elsewhere(deliver_events, list(OutboxEvent.objects.values_list("id", flat=True)))
    expect(page.get_by_role("heading", name="Begoña Muñoz")).to_be_visible()
    expect(page.locator("#requests-count")).to_be_visible()
    page.locator(".request").get_by_role("link").last.click()
    page.locator("a.time:visible").first.click()
    page.locator("main form button.btn").last.click()
    page.wait_for_url("**/doctor/consultations/**")
    wish.refresh_from_db()
    assert wish.status == "accepted"
    assert str(wish.booking_id) in page.url


def test_every_page_is_for_everybody(page, ws_server, service, for_everybody):
    long = {"name": "María Fernanda Villalobos Echeverría", "email": f"{'maria.' * 9}v@example.org"}
    wish = make_request(service, **long, phone="+57 300 123 4567", message="Dolor de cabeza " * 20)
    services.reject_request(
        request_id=make_request(service).pk, actor=Actor("professional"), reason="x " * 150
    )
    page.goto(f"{ws_server}/p/ana/talk/request")
    for_everybody(page)
    page.locator("[name=name]").fill("Begoña Muñoz")
    page.locator("[name=email]").fill("begona@example.org")
    page.locator("form.wish button.btn").click()
    page.wait_for_url("**/sent")
    for_everybody(page)
    sign_in(page, ws_server, service.professional.user)
    page.goto(f"{ws_server}/doctor/requests/")
    for more in page.locator("details.answer summary").all():
        more.click()
    expect(page.locator(f"#reason-{wish.pk}")).to_be_visible()
    for_everybody(page)
