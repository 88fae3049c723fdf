"""Whether an address has an account, nobody is told: the answers are the same (their time: accounts' own tests)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from bookings.tests.factories import make_booking, make_user

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN, GUEST, ASLEEP = (f"{name}@example.org" for name in ("known", "nobody", "guest", "asleep"))
WRONG = "not the right one"


@pytest.fixture(autouse=True)
def _people(settings):
    settings.PUBLIC_WRITE_RATE = "100000/s"
    make_user(email=KNOWN)
    make_user(email=ASLEEP, is_active=False)
    make_booking(email=GUEST)


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/login", {"login": "{}", "password": WRONG}),
        ("/signup", {"email": "{}", "name": "Eva Ruiz", "password": "correct horse battery"}),
        (
            "/signup/professional",
            {
                "email": "{}",
                "name": "Eva Ruiz",
                "password": "correct horse battery",
                "timezone": "America/Bogota",
            },
        ),
        ("/password/forgot", {"email": "{}"}),
        ("/api/v1/auth/login", {"email": "{}", "password": WRONG}),
        ("/api/v1/auth/register", {"email": "{}", "name": "Eva Ruiz", "password": "correct horse battery"}),
        ("/api/v1/auth/forgot-password", {"email": "{}"}),
        ("/api/v1/auth/resend-verification", {"email": "{}"}),
        (
            "/api/v1/auth/login-temporary",
            {"email": "{}", "temporary_password": WRONG, "new_password": "correct horse battery"},
        ),
    ],
)
def test_the_answer_is_the_same(address, body):
    assert len({said(address, body, email) for email in (UNKNOWN, KNOWN, GUEST, ASLEEP)}) == 1


def said(address, body, email) -> tuple:
    client = Client()
    kind = {"content_type": "application/json"} if "/api/" in address else {}
    answer = client.post(address, {name: value.format(email) for name, value in body.items()}, **kind)
    pages = [answer]
    if answer.status_code == 302:
        pages.append(client.get(answer["Location"]))
    return tuple((page.status_code, page.get("Location"), blurred(page, email)) for page in pages)


def blurred(page, email) -> str:
    """Without what differs in any two answers."""
    text = page.content.decode().replace(email, "E")
    return re.sub(r'(csrfmiddlewaretoken" value="|csrf-token" content="|nonce=")[^"]+', "", text)
