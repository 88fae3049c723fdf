"""What a small story leaves in the logs: enough to find it, nothing of the people in it."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from bookings.access import token_of
from bookings.tests.factories import make_booking
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
