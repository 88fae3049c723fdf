from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from bookings.access import token_of
from bookings.models import Booking
from bookings.tests.factories import make_confirmed, make_professional, make_service, open_window
from meetings.models import Meeting

BACKEND = "accounts.backends.AccountBackend"


def sign_in(page: Page, server: str, user: User) -> None:
    client = Client()
    client.force_login(user, backend=BACKEND)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.session.session_key or "", "url": server}]
    )


@dataclass
class Room:
    """A consultation whose room is open, and its two people in browsers of their own."""

    server: str
    booking: Booking
    person: Callable[..., Page]
    browser: Browser

    @property
    def guest_address(self) -> str:
        return self.server + reverse("guest_room", args=[token_of(self.booking)])

    def doctor(self, browser: Browser | None = None, **options: Any) -> Page:
        page = self.person(browser or self.browser, **options)
        sign_in(page, self.server, self.booking.professional.user)
        page.goto(self.server + reverse("video_room", args=[self.booking.pk]))
        return page

    def patient(self, browser: Browser | None = None, *, script: str = "", **options: Any) -> Page:
        """`script` runs in the page before everything else."""
        page = self.person(browser or self.browser, **options)
        page.add_init_script(script)
        page.goto(self.guest_address)
        return page

    def both_inside(self) -> tuple[Page, Page]:
        doctor, patient = self.doctor(), self.patient()
        for page in (doctor, patient):
            enter(page)
        for page in (doctor, patient):
            connected(page)
        return doctor, patient

    def let_remain(self, left: timedelta) -> None:
        """Moves the running clock so that this much is left."""
        meeting = Meeting.objects.get(pk=self.booking.meeting_id)
        assert meeting.ends_at is not None
        shift = meeting.ends_at - left - timezone.now()
        Meeting.objects.filter(pk=meeting.pk).update(
            started_at=F("started_at") - shift, ends_at=F("ends_at") - shift
        )


def enter(page: Page) -> None:
    page.get_by_role("button", name="Enter").click()


def connected(page: Page) -> None:
    expect(page.locator("[data-remote]:not([hidden])")).to_have_count(1)


@pytest.fixture
def room_of(
    ws_server: str, person: Callable[..., Page], camera_browser: Browser
) -> Iterator[Callable[..., Room]]:
    def open_room(*, starts_in: timedelta = timedelta(), **service: Any) -> Room:
        professional = make_professional(always_open=True, name="Dra. Lucía Peña")
        offered = make_service(professional, **{"price": 0, "name": "Videoconsulta"} | service)
        booking = open_window(make_confirmed(offered, name="Juan Pérez"), starts_in=starts_in)
        return Room(ws_server, booking, person, camera_browser)

    yield open_room


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """In English, whose texts are the source of all others."""
    return {**browser_context_args, "locale": "en-GB"}
