"""The main job, as `python3 dev.py run` gives it to two people: book, pay, accept, talk, closed by the clock.

The real product under its supervisor (web, worker, beat, PostgreSQL, Valkey), the demo's data, two browsers
with fake cameras: the doctor's account speaks Spanish, the patient's phone English. Only the 18 minutes are
not waited for: the clock's row is moved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.product import DEMO_PASSWORD, Product, running, until

PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB", "timezone_id": "America/Bogota"}
DESK = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "timezone_id": "America/Bogota"}
_FRAMES = "document.querySelector('[data-remote]').getVideoPlaybackQuality().totalVideoFrames"


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with running() as product:
        yield product


def test_a_paid_video_consultation_from_the_first_page_to_the_end(
    product: Product, camera_browser: Browser, person: Callable[..., Page]
) -> None:
    doctor, patient = person(camera_browser, **DESK), person(camera_browser, **PHONE)
    sign_in(doctor, product.url)
    expect(doctor.get_by_role("heading", name="Hola, Dra. Lucía Peña")).to_be_visible()

    book(patient, product.url)
    expect(patient.get_by_role("button", name="Pay", exact=True)).to_be_visible()
    patient.get_by_role("button", name="Pay", exact=True).click()
    expect(patient.get_by_text("Your payment has arrived.")).to_be_visible()

    # Nobody touches the doctor's page: the request appears by itself.
    accept = doctor.get_by_role("button", name="Aceptar Zoe Prueba")
    expect(accept).to_be_visible()
    accept.click()
    # Nor the patient's.
    room = patient.get_by_role("link", name="Go to the room")
    expect(room).to_be_visible()
    room.click()
    doctor.locator(".now a.btn").click()
    for page in (patient, doctor):
        page.locator("[data-screen=lobby] [data-enter]").click()
    for page in (patient, doctor):
        sees_moving_picture(page)

    shown = [seconds_left(page) for page in (patient, doctor)]
    assert abs(shown[0] - shown[1]) <= 1
    assert 17 * 60 < shown[0] <= 18 * 60

    let_remain(product, seconds=118)
    for page in (patient, doctor):
        expect(page.locator("[data-banner=ending]")).to_be_visible(timeout=30_000)
    let_remain(product, seconds=1)
    expect(patient.get_by_role("heading", name="Thank you. The consultation has ended")).to_be_visible()
    expect(doctor.get_by_role("heading", name="La consulta terminó")).to_be_visible()
    until(lambda: booking_of(product)[0] == "completed", "the booking is completed", 15)
    assert float(booking_of(product)[1]) <= 5

    mail = doctor.context.new_page()
    mail.goto(product.url + "/mailbox/")
    for recipient in ("zoe@example.org", "doctor@demo.test"):
        expect(mail.get_by_text(recipient).first).to_be_visible()


def sign_in(page: Page, url: str) -> None:
    page.goto(url + "/login")
    page.get_by_label("E-mail").fill("doctor@demo.test")
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def book(page: Page, url: str) -> None:
    page.goto(url + "/")
    page.get_by_role("searchbox").first.fill("pena")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Dra. Lucía Peña").click()
    page.get_by_role("link", name="Videoconsulta").click()
    page.locator("a.time").first.click()
    page.locator("[name=name]").fill("Zoe Prueba")
    page.locator("[name=email]").fill("zoe@example.org")
    page.locator("[name=reason]").fill("Cough for three days")
    page.get_by_role("button", name="Book and pay").click()


def sees_moving_picture(page: Page) -> None:
    expect(page.locator("[data-remote]")).to_be_visible(timeout=20_000)
    before = page.evaluate(_FRAMES)
    page.wait_for_function(f"(before) => {_FRAMES} > before + 5", arg=before, timeout=20_000)


def seconds_left(page: Page) -> int:
    minutes, seconds = page.locator("[data-clock]").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def let_remain(product: Product, *, seconds: int) -> None:
    product.query(
        "UPDATE meetings_meeting SET ends_at = now() + make_interval(secs => %s) WHERE state = 'active'",
        seconds,
    )


def booking_of(product: Product) -> tuple[str, float]:
    """Its status, and how many seconds after the clock's end it was finished."""
    status, late = product.query(
        "SELECT b.status, coalesce(extract(epoch FROM max(e.created_at) - max(m.ends_at)), 0) "
        "FROM bookings_booking b JOIN meetings_meeting m ON m.id = b.meeting_id "
        "LEFT JOIN bookings_bookingevent e ON e.booking_id = b.id AND e.verb = 'finish' "
        "WHERE m.started_at IS NOT NULL GROUP BY b.id"
    )[0]
    return status, late
