"""The agenda in a browser: for everybody, by keyboard, by mouse, on paper."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from bookings.models import AvailabilityBlock, Booking, BookingPolicy, TimeOff
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_confirmed, make_professional, make_service
from core.models import OutboxEvent
from core.outbox import deliver_events

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

ZONE = ZoneInfo("America/Bogota")
SOON = datetime.now(ZONE).date() + timedelta(days=7)
MONDAY = SOON - timedelta(days=SOON.weekday())


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


@pytest.fixture
def professional():
    return make_professional(name="Dra. Ana Ruiz", country="CO", minimum_notice_minutes=0)


@pytest.fixture
def service(professional):
    return make_service(professional, price=0, name="First visit", buffer_after_minutes=10)


@pytest.fixture
def booking(service) -> Booking:
    """Next Tuesday at 10."""
    return make_confirmed(service, start=at(MONDAY + timedelta(days=1), 10), name="Begoña Muñoz")


@pytest.fixture
def agenda(page, ws_server, professional, booking) -> Page:
    sign_in(page, ws_server, professional.user)
    page.goto(f"{ws_server}/doctor/agenda/?day={MONDAY + timedelta(days=1)}&view=week")
    return page


def test_it_is_for_everybody(agenda, ws_server, professional, service, for_everybody):
    states = ("waiting_for_professional", "pending_payment", "in_progress", "completed", "no_show")
    for number, status in enumerate(states):
        other = make_confirmed(service, start=at(MONDAY + timedelta(days=number), 14))
        Booking.objects.filter(pk=other.pk).update(status=status, hold_ends_at=other.starts_at)
    off = at(MONDAY + timedelta(days=3), 9)
    TimeOff.objects.create(professional=professional, starts_at=off, ends_at=off + timedelta(hours=3))
    tuesday = MONDAY + timedelta(days=1)
    for query in ("", f"?day={tuesday}", f"?day={tuesday}&view=week"):
        agenda.goto(f"{ws_server}/doctor/agenda/{query}")
        for_everybody(agenda)


def test_a_phone_shows_one_day_and_the_way_to_the_others(agenda, ws_server):
    agenda.set_viewport_size({"width": 390, "height": 844})
    agenda.goto(f"{ws_server}/doctor/agenda/?day={MONDAY}")
    expect(agenda.locator(".day:visible")).to_have_count(1)
    expect(agenda.get_by_text("Begoña Muñoz")).to_be_hidden()
    agenda.locator(".strip-days a").nth(1).click()
    expect(agenda.get_by_text("Begoña Muñoz")).to_be_visible()


def test_the_keyboard_stops_once_at_each_gap(agenda):
    tuesday = agenda.locator(".day").nth(1)
    tuesday.locator("h2 a").focus()
    stops = []
    for _press in range(4):
        agenda.keyboard.press("Tab")
        stops.append(agenda.evaluate("document.activeElement.className.split(' ')[0]"))
    assert stops == ["add", "free", "appt", "free"]
    agenda.keyboard.press("Shift+Tab")
    agenda.keyboard.press("Enter")
    expect(agenda).to_have_url(re.compile("/doctor/consultations/"))


def test_a_half_hour_that_is_pressed_is_where_the_appointment_begins(agenda):
    agenda.locator(".day").nth(2).locator(".cell", has_text="11:30").click()
    expect(agenda).to_have_url(re.compile(r"/doctor/new-consultation/\?start=.*T16:30:00Z"))


def drag(page: Page, hours: float, days: int = 0) -> None:
    """Takes the appointment so far down and to the right, and holds it."""
    box = page.locator(".appt").bounding_box()
    lane, next_lane = (page.locator(".lane[data-hours]").nth(n).bounding_box() for n in (1, 2))
    assert box and lane and next_lane
    x, y = box["x"] + 40, box["y"] + 10
    hour = lane["height"] / 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 10, y + 10)
    page.mouse.move(x + days * (next_lane["x"] - lane["x"]), y + hours * hour, steps=3)


def test_an_appointment_is_dragged_to_another_time_and_nothing_moves_before_it_is_meant(agenda, booking):
    drag(agenda, 1.5, days=1)
    expect(agenda.locator(".ghost")).to_have_text("11:30 Begoña Muñoz")
    agenda.mouse.up()
    start = re.escape((booking.starts_at + timedelta(days=1, hours=1.5)).strftime("%Y-%m-%dT%H%%3A%M%%3A%SZ"))
    expect(agenda).to_have_url(re.compile(f"/doctor/consultations/{booking.pk}/move.*&start={start}$"))
    before = booking.starts_at
    booking.refresh_from_db()
    assert booking.starts_at == before


def test_it_snaps_to_the_starts_that_the_practice_offers(agenda, professional):
    BookingPolicy.objects.filter(professional=professional).update(step_minutes=60)
    agenda.reload()
    drag(agenda, 1.2)
    expect(agenda.locator(".ghost")).to_have_text("11:00 Begoña Muñoz")


def test_a_sheet_open_day_and_night_scrolls_below_the_head_of_the_page(agenda, professional):
    AvailabilityBlock.objects.filter(professional=professional).update(starts="00:00", ends="00:00")
    agenda.set_viewport_size({"width": 1280, "height": 800})
    agenda.reload()
    expect(agenda.get_by_text("Begoña Muñoz")).to_be_in_viewport()
    expect(agenda.get_by_role("link", name="New appointment", exact=True)).to_be_in_viewport()
    assert agenda.evaluate("scrollY") == 0
    sheet = agenda.get_by_role("region", name="Appointments", exact=True)
    before = sheet.evaluate("sheet => sheet.scrollTop")
    sheet.focus()
    agenda.keyboard.press("Home")
    assert before > 0
    expect(agenda.locator(".hours .at").first).to_be_in_viewport()


def test_a_short_appointment_says_its_time_where_it_fits(agenda, booking):
    Booking.objects.filter(pk=booking.pk).update(ends_at=booking.starts_at + timedelta(minutes=10))
    booking.patient.name = "Bo Li"
    booking.patient.save()
    agenda.set_viewport_size({"width": 1280, "height": 800})
    agenda.reload()
    entry, clock = agenda.locator(".appt"), agenda.locator(".appt .clock")
    top = entry.bounding_box()["y"]
    assert 0 <= clock.bounding_box()["y"] - top < 10


def test_escape_leaves_it_where_it_was(agenda):
    address = agenda.url
    drag(agenda, 2)
    agenda.keyboard.press("Escape")
    expect(agenda.locator(".ghost")).to_have_count(0)
    agenda.mouse.up()
    assert agenda.url == address
    agenda.locator(".appt").click()
    expect(agenda).to_have_url(re.compile(r"/doctor/consultations/[0-9a-f-]+/\?next="))


def test_news_appears_by_itself(page, ws_server, professional, service, booking, elsewhere):
    sign_in(page, ws_server, professional.user)
    with page.expect_websocket():
        page.goto(f"{ws_server}/doctor/agenda/?day={MONDAY}&view=week")
    elsewhere(make_confirmed, service, start=at(MONDAY, 9), name="Juan Pérez")
    elsewhere(deliver_events, list(OutboxEvent.objects.values_list("id", flat=True)))
    expect(page.get_by_text("Juan Pérez")).to_be_visible()


def test_a_day_on_paper_is_a_list_of_its_appointments(agenda, ws_server):
    agenda.goto(f"{ws_server}/doctor/agenda/?day={MONDAY + timedelta(days=1)}")
    agenda.emulate_media(media="print")
    expect(agenda.get_by_text("Begoña Muñoz")).to_be_visible()
    for gone in (".sections", ".agenda-tools", ".gap a", ".strip", ".hours"):
        expect(agenda.locator(gone).first).to_be_hidden()
