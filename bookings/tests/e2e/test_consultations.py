"""A practice enters, moves and cancels appointments in browsers, with and without JavaScript, for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.services import find_or_create_patient
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.services import cancel, reschedule
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_confirmed,
    make_professional,
    make_request,
    make_service,
)
from core.actor import Actor

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
NEW, ALL = "/doctor/new-consultation/", "/doctor/consultations/"


@pytest.fixture
def professional():
    return make_professional(always_open=True)


@pytest.fixture
def service(professional):
    return make_service(professional, price=0, name="Revisión")


def known_patient(professional, name="Begoña Muñoz"):
    return find_or_create_patient(
        professional=professional, name=name, email="begona@example.org", language="es", timezone=""
    )


def test_an_appointment_is_entered_and_moved_without_javascript(
    person, browser, ws_server, professional, service
):
    known_patient(professional)
    page = person(browser, java_script_enabled=False, viewport={"width": 390, "height": 844})
    sign_in(page, ws_server, professional.user)
    page.goto(f"{ws_server}{NEW}")
    page.locator("a.time:visible").first.click()
    page.locator("[name=reason]").fill("Tos desde el lunes")
    page.locator("[name=q]").fill("begona")
    page.locator("[name=q]").press("Enter")
    page.get_by_role("button", name="Begoña Muñoz").click()
    expect(page.locator("[name=reason]")).to_have_value("Tos desde el lunes")
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_role("heading", name="Begoña Muñoz")).to_be_visible()
    booking = Booking.objects.get()
    assert booking.status == "confirmed"
    page.get_by_role("link", name="Move").click()
    page.get_by_text("Enter a day and a time by hand").click()
    later = (booking.starts_at + timedelta(days=3)).astimezone(professional.zone)
    page.locator("[name=date]").fill(f"{later:%Y-%m-%d}")
    page.locator("[name=time]").fill("11:05")
    page.get_by_role("button", name="Continue with this time").click()
    page.get_by_label("I want this time all the same").check()
    page.get_by_role("button", name="Move it to this time").click()
    expect(page.get_by_text("Moved. The patient has been told.")).to_be_visible()
    booking.refresh_from_db()
    assert f"{booking.starts_at.astimezone(professional.zone):%H:%M}" == "11:05"


def test_the_page_of_a_booking_follows_it_and_keeps_the_notes_being_typed(
    page, ws_server, professional, service, elsewhere
):
    booking = make_booking(service)
    sign_in(page, ws_server, professional.user)
    page.goto(f"{ws_server}{ALL}{booking.pk}/")
    page.locator("[name=notes]").fill("Trae la analítica")
    elsewhere(cancel, booking_id=booking.pk, actor=PATIENT)
    page.evaluate("document.dispatchEvent(new CustomEvent('live:open'))")
    expect(page.locator("#state .badge")).to_have_text("Cancelled")
    expect(page.locator("#history")).to_contain_text("Cancelled")
    expect(page.locator("[name=notes]")).to_have_value("Trae la analítica")


def test_every_page_is_for_everybody(page, ws_server, professional, service, for_everybody):
    sign_in(page, ws_server, professional.user)
    for address in addresses(professional, service):
        page.goto(f"{ws_server}{address}")
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        for_everybody(page)


def addresses(professional, service):
    doctor = Actor("professional", professional.user_id)
    paid = make_service(professional, price=25000, name="Consulta de neuropsicología infantil")
    long = {"name": "María Fernanda Villalobos Echeverría", "email": f"{'maria.' * 9}v@example.org"}
    waiting = make_booking(service, **long, reason="Dolor de cabeza " * 40, timezone="Europe/Madrid")
    booking = make_confirmed(service, **long, start=next_free_slots(service=service, count=40)[39])
    later = booking.starts_at + timedelta(days=2)
    reschedule(booking_id=booking.pk, starts_at=later, actor=doctor, reason="Un viaje " * 30)
    taken, wish = make_booking(paid), make_request(paid, message="Los jueves " * 30)
    patient = known_patient(professional, long["name"])
    free, other = (f"{one:%Y-%m-%dT%H:%M:%SZ}" for one in (later + timedelta(hours=3), taken.starts_at))
    one = f"{ALL}{booking.pk}/"
    return [
        f"{ALL}?group=all&patient={patient.pk}&first=2026-12-02&last=2026-12-01",
        f"{ALL}{waiting.pk}/",
        f"{one}move",
        f"{one}move?start={other}",
        f"{one}cancel",
        f"{NEW}?start={other}",
        f"{NEW}?service={paid.pk}&start={free}",
        f"{NEW}?service={paid.pk}&start={free}&request={wish.pk}",
    ]
