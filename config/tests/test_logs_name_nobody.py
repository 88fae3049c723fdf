"""What a small story leaves in the logs: enough to find it, nothing of the people in it."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from smtplib import SMTPRecipientsRefused
from unittest import mock
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from bookings.access import token_of
from bookings.models import Booking, Service
from bookings.selectors import next_free_slots
from bookings.services import accept
from bookings.tests.factories import make_booking, make_professional, make_service, open_window
from config.celery import app
from core.actor import Actor
from notifications.models import Message

pytestmark = pytest.mark.django_db(transaction=True)

NAME, EMAIL = "Laura Gil", "laura.gil@example.org"


@pytest.fixture
def written():
    """The settings' own logging, into memory; gives what was written so far, line by line."""
    memory = io.StringIO()
    config = {**settings.LOGGING, "handlers": {"console": {**settings.LOGGING["handlers"]["console"]}}}
    config["handlers"]["console"]["stream"] = memory
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logging.config.dictConfig(config)
    yield lambda: [json.loads(line) for line in memory.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


def test_no_link_no_address_no_name(written):
    booking = make_booking(name=NAME, email=EMAIL)
    token = token_of(booking)
    client = Client(raise_request_exception=False)
    client.get(f"/b/{token}x/")
    client.post(f"/b/{token}/move", {"start": "2030-01-01T00:00:00Z"})
    client.post(f"/api/v1/manage/{token}/reschedule", {}, content_type="application/json")
    client.get(f"/b/{token}/nowhere")
    client.post("/login", {"login": EMAIL, "password": "wrong"})
    lines = written()
    text = json.dumps(lines, ensure_ascii=False)
    assert any(line["message"] == "Not Found: /b/…/" for line in lines), lines
    assert any(line["message"] == "Bad Request: /api/v1/manage/…/reschedule" for line in lines), lines
    assert not any("request" in line for line in lines)
    assert all(line["request_id"] for line in lines if line["name"] == "django.request")
    for secret in (token, token.split("~")[1], EMAIL, NAME, "Laura"):
        assert secret not in text


def test_a_reset_link_is_no_news(written):
    User.objects.create_user(EMAIL, "correct horse battery")
    client = Client(raise_request_exception=False)
    client.post("/password/forgot", {"email": EMAIL})
    link = re.search(r"/password/reset/(\S+)", Message.objects.get().text)[1]
    logging.getLogger("django.request").warning("Bad Request: %s", f"/password/reset/{link}")
    client.delete(f"/email/confirm/{link}")
    text = json.dumps(written(), ensure_ascii=False)
    assert "/password/reset/…" in text
    assert link not in text and EMAIL not in text


def test_a_traceback_quotes_no_row(written):
    User.objects.create_user(EMAIL, "correct horse battery")
    try:
        User.objects.bulk_create([User(email=EMAIL)])
    except IntegrityError:
        logging.getLogger("test").exception("twice", extra={"people": [{"email": EMAIL}]})
    line = written()[-1]
    assert "IntegrityError" in line["exc_info"] and "DETAIL: …" in line["exc_info"]
    assert "laura" not in json.dumps(line)


NEW_EMAIL, PHONE, PASSWORD, WORRY = "laura.nueva@example.org", "+34600123456", "violet otter 93", "Insomnio"


class Refusing(BaseEmailBackend):
    """A mail server that quotes whom it does not want."""

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({to: (550, f"no such user <{to}>".encode()) for to in messages[0].to})


def test_a_whole_story(written, settings):
    """From registering to the consultation, with everything that may go wrong on the way."""
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    settings.EMBEDDED, settings.PAYMENT_GATEWAYS = True, ["sandbox"]
    service = make_service(make_professional(always_open=True, name="Dra. Elvira Montes"), price=25000)
    told: set[str] = {NAME, "Laura", EMAIL, NEW_EMAIL, PHONE, PASSWORD, WORRY, "Elvira", "203.0.113.77"}
    browser = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.77")
    told |= register(browser)
    told |= sign_in_badly_and_well(browser)
    told |= book_and_pay(browser, service)
    told |= change_things(browser)
    go_wrong(browser, service)
    for name, task in app.tasks.items():
        if not name.startswith("celery."):
            task.apply()
    logging.getLogger("uvicorn.error").info(
        '%s - "WebSocket %s" [accepted]', "203.0.113.77:5412", "/ws/?q=Laura"
    )
    lines = written()
    text = json.dumps(lines, ensure_ascii=False)
    assert {"django.request", "uvicorn.error"} <= {line["name"] for line in lines}
    assert [secret for secret in told if secret in text] == []


def register(browser: Client) -> set[str]:
    body = {"email": EMAIL, "name": NAME, "password": PASSWORD}
    assert browser.post("/signup", body).status_code == 302
    browser.post("/signup", {**body, "password": "short"})
    browser.post("/api/v1/auth/register", body, content_type="application/json")
    link = re.search(r"/email/confirm/([^\s/]+)", letter(EMAIL, "email_confirmation").text)[1]
    browser.get(f"/email/confirm/{link}x")
    browser.delete(f"/email/confirm/{link}")
    browser.post(f"/email/confirm/{link}", {"password": PASSWORD})
    assert EmailAddress.objects.get(email=EMAIL).verified
    return {link}


def sign_in_badly_and_well(browser: Client) -> set[str]:
    browser.post("/logout")
    for password in ("wrong-one", NAME):
        browser.post("/login", {"login": EMAIL, "password": password})
        body = {"email": EMAIL, "password": password}
        browser.post("/api/v1/auth/login", body, content_type="application/json")
    browser.post("/password/forgot", {"email": EMAIL})
    link = re.search(r"/password/reset/([^\s/]+)", letter(EMAIL, "password_reset_key").text)[1]
    browser.get(f"/password/reset/{link}x")
    browser.put(f"/password/reset/{link}")
    body = {"email": EMAIL, "password": PASSWORD}
    tokens = browser.post("/api/v1/auth/login", body, content_type="application/json").json()
    assert browser.post("/login", {"login": EMAIL, "password": PASSWORD}).status_code == 302
    return {link, tokens["access"], tokens["refresh"], browser.session.session_key}


def book_and_pay(browser: Client, service: Service) -> set[str]:
    page = f"/p/{service.professional.slug}/{service.slug}"
    start = f"{next_free_slots(service=service, count=1)[0]:%Y-%m-%dT%H:%M:%SZ}"
    body = {"name": NAME, "email": EMAIL, "phone": PHONE, "reason": WORRY}
    browser.get(f"/?q={NAME}")
    browser.get(f"{page}/nowhere?q={NAME}")
    assert browser.post(f"{page}/book?start={start}", body).status_code == 302
    browser.post(f"{page}/book?start={start}", body)
    booking = Booking.objects.select_related("patient__data_key").get()
    token = token_of(booking)
    back = browser.post(f"/b/{token}/pay")
    paid = browser.post(urlsplit(back["Location"]).path, {"action": "pay"})
    browser.get(paid["Location"])
    accept(booking_id=booking.pk, actor=Actor("professional"))
    open_window(Booking.objects.get())
    room = browser.get(f"/api/v1/bookings/{booking.pk}/join-meeting").json()
    browser.get(f"/b/{token}/room/")
    browser.post(f"/b/{token}/cancel", {"reason": WORRY})
    browser.get(f"/b/{token}/none")
    return {token, token.split("~")[1], room["join"]["ticket"], booking.patient.email_index}


def change_things(browser: Client) -> set[str]:
    browser.post("/account/email", {"email": NEW_EMAIL, "password": "wrong"})
    browser.post("/account/email", {"email": NEW_EMAIL, "password": PASSWORD})
    link = re.search(r"/account/email/confirm/([^\s/]+)", letter(NEW_EMAIL, "email_new").text)[1]
    browser.get(f"/account/email/confirm/{link}x")
    browser.delete(f"/account/email/confirm/{link}")
    browser.put("/api/v1/me/photo", b"no picture", content_type="image/png")
    browser.post("/account/password", {"current_password": "wrong", "new_password": PASSWORD})
    return {link}


def go_wrong(browser: Client, service: Service) -> None:
    browser.get("/doctor/patients/", {"q": NAME})
    browser.post("/api/v1/patients", {"name": NAME, "email": EMAIL}, content_type="application/json")
    browser.post("/api/v1/bookings", f'{{"name": "{NAME}"', content_type="application/json")
    browser.get("/", headers={"host": f"{EMAIL}.example"})
    Client(enforce_csrf_checks=True).post("/login", {"login": EMAIL, "password": PASSWORD})
    with mock.patch(
        "bookings.views.public.render", side_effect=IntegrityError(f"x\nDETAIL: ({EMAIL}, {NAME})")
    ):
        assert browser.get("/", {"q": NAME}).status_code == 500


def letter(email: str, kind: str) -> Message:
    found = Message.objects.filter(kind=f"account_{kind}").select_related("data_key").latest("created_at")
    assert found.recipient == email
    return found
