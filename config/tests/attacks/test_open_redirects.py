"""No address of ours leads to somebody else's, whatever it is asked to lead to next."""

from __future__ import annotations

from http.cookies import SimpleCookie
from urllib.parse import quote, urlsplit

import pytest
from django.db import transaction
from django.test import Client

from accounts.tests.people import PASSWORD
from accounts.tests.people import user as make_user
from bookings.tests.factories import make_confirmed

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "//evil%E3%80%82example",
    "//evil。example",
    "/\u2028/evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "//testserver:80@evil.example",
    "https://[::1",
]


def stays_here(answer) -> bool:
    """Browsers take backslashes for slashes, and leave out tabs and line ends."""
    leads_to = answer.get("Location", "/").translate({ord("\\"): "/", ord("\t"): None, ord("\n"): None})
    parts = urlsplit(leads_to)
    return (
        not leads_to.startswith("//") and parts.netloc in {"", "testserver"} and parts.scheme in {"", "http"}
    )


@pytest.mark.parametrize(
    "start", ["/login", "/signup", "/signup/professional", "/admin/login/", "/logout", "/login/google"]
)
def test_pages_of_accounts(start):
    user = make_user()
    guest, known = Client(), signed_in(user)
    for to in ELSEWHERE:
        sent = {"next": to, "login": user.email, "password": PASSWORD}
        for client, method, address, data in (
            (guest, "get", start, {"next": to}),
            (guest, "post", f"{start}?next={quote(to)}", sent),
            (known, "get", start, {"next": to}),
            (known, "post", start, sent),
        ):
            answer = undone(client, method, address, data)
            assert stays_here(answer), (start, to, answer.get("Location"))


@pytest.mark.parametrize("name", ["next", "HTTP_REFERER"])
def test_the_choice_of_a_language(name):
    for to in ELSEWHERE:
        extra = {name: to} if name != "next" else {}
        assert stays_here(Client().post("/language", {"language": "en", "next": to}, **extra)), to


@pytest.mark.parametrize("verb", ["accept", "reject", "cancel", "no-show", "complete"])
def test_the_buttons_of_a_day(verb):
    booking = make_confirmed()
    client = signed_in(booking.professional.user)
    for to in ELSEWHERE:
        for person in (client, Client()):
            answer = person.post(f"/doctor/bookings/{booking.pk}/{verb}", {"next": to}, HTTP_REFERER=to)
            assert stays_here(answer), (to, answer.get("Location"))


def test_moving_and_cancelling():
    booking = make_confirmed()
    client = signed_in(booking.professional.user)
    for to in ELSEWHERE:
        for page in ("", "move", "cancel"):
            address = f"/doctor/consultations/{booking.pk}/{page}"
            for answer in (client.get(address, {"next": to}), client.post(address, {"next": to})):
                assert stays_here(answer), (page, to)
                assert f'href="{to}"' not in answer.content.decode()


def test_addresses_that_begin_with_two_slashes():
    for path in ("//evil.example/doctor", "//evil.example", "/\\evil.example/me"):
        assert stays_here(Client().get(path))


def undone(client, method, address, data):
    """The answer to who is afterwards as signed in as before."""
    cookies = client.cookies.output(header="")
    with transaction.atomic():
        answer = getattr(client, method)(address, data)
        transaction.set_rollback(True)
    client.cookies = SimpleCookie(cookies)
    return answer


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client
