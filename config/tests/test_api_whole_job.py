"""The main job by the API alone, as an app does it: tokens, booking, payment, answer, meeting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.services import create_user
from bookings.models import Booking
from bookings.tests.factories import make_professional, make_service, open_window

PASSWORD = "correct horse battery"
API = "/api/v1/"


class App:
    """An app on somebody's phone."""

    def __init__(self, email: str) -> None:
        self.client = Client(headers={"accept-language": "en"})
        signed_in = self.send("post", "auth/login", {"email": email, "password": PASSWORD})
        self.client = Client(
            headers={"accept-language": "en", "authorization": f"Bearer {signed_in['access']}"}
        )

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data: Any = (body or {}) if method != "get" else None
        kind = {"content_type": "application/json"} if method != "get" else {}
        response = getattr(self.client, method)(API + path, data, **kind)
        assert response.status_code < 300, (path, response.content)
        answer: dict[str, Any] = response.json()
        return answer


@pytest.fixture(autouse=True)
def _sandbox(settings):
    settings.EMBEDDED, settings.PAYMENT_GATEWAYS = True, ["sandbox"]


@pytest.mark.django_db(transaction=True)
def test_from_search_to_the_end_of_the_meeting():
    doctor = create_user(email="ana@example.org", password=PASSWORD, role="professional", name="Dra. Ana")
    make_service(make_professional(always_open=True, user=doctor, name="Dra. Ana"), price=25000)
    create_user(email="juan@example.org", password=PASSWORD, name="Juan Pérez")
    patient, professional = App("juan@example.org"), App("ana@example.org")

    found = patient.send("get", "professionals?q=ana")["results"][0]
    slots = patient.send(
        "get", f"availability/slots?professional={found['slug']}&from={_day(0)}&to={_day(1)}"
    )
    asked = {"professional": found["slug"], "start": slots["slots"][0]["start"], "reason": "Insomnia"}
    booked = patient.send("post", "bookings", asked | {"service": slots["services"][0]["slug"]})
    assert (booked["status"], booked["meeting_status"]) == ("pending_payment", "pending")

    _pay(booked["checkout_url"])
    waiting = professional.send("get", "bookings/professional/waiting-bookings")
    assert (waiting["count"], waiting["bookings"][0]["payment"]["status"]) == (1, "paid")

    path = f"bookings/{booked['id']}"
    assert professional.send("patch", f"{path}/accept-meeting")["status"] == "confirmed"
    open_window(Booking.objects.get())
    assert patient.send("get", f"{path}/join-meeting")["join"]["provider"] == "builtin"
    assert patient.send("post", f"{path}/start-meeting")["remaining_ms"] > 0
    assert professional.send("get", f"{path}/meeting-status")["meeting_status"] == "active"
    assert professional.send("post", f"{path}/end-meeting")["status"] == "completed"

    mine = patient.send("get", "bookings/client/my-bookings")["grouped"]
    assert [one["id"] for one in mine["completed"]] == [booked["id"]]


def _day(ahead: int) -> str:
    return f"{datetime.now(UTC) + timedelta(days=ahead):%Y-%m-%d}"


def _pay(checkout_url: str) -> None:
    """On the checkout's page, and back: the return asks for the truth without waiting for the webhook."""
    browser = Client()
    back = browser.post(urlsplit(checkout_url).path, {"action": "pay"})
    assert back.status_code == 302, back.content
    target = urlsplit(back["Location"])
    assert (
        browser.get(f"{target.path}?{target.query}").status_code == 200
    )  # a stranger: words, no private link
