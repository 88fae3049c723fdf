"""What anybody may write is counted by address, on pages and over the API: every line of `docs/access.md` that
somebody who is not signed in may send something to."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from config.tests.access import Line, lines
from config.tests.access_world import World

pytestmark = pytest.mark.django_db
# Ending one's own session is nobody's burden, and must always be possible.
FREE = {"/logout", "/admin/logout/", "/api/v1/auth/logout"}
# Whose rates are not the common one's.
RATES = {"login": "1/h/ip", "refresh_token": "1/h/ip"}


def is_public(line: Line) -> bool:
    """Answered without a sign-in, or with a 401 that is about what was sent: then who is signed in gets it too."""
    return line.answers["nobody"] != "401" or line.answers["own_patient"] == "401"


def public_writes() -> list[Line]:
    pages = [line for line in lines() if line.address.startswith("/") and line.method != "get"]
    return [line for line in pages if is_public(line) and line.address not in FREE]


@pytest.fixture(autouse=True)
def _once_an_hour(settings, tmp_path):
    settings.MAILBOX_DIR = tmp_path
    settings.ROOT_URLCONF = "notifications.tests.urls_with_mailbox"
    settings.EMBEDDED, settings.PAYMENT_GATEWAYS = True, ["sandbox"]
    settings.PUBLIC_WRITE_RATE = settings.WEBHOOK_RATE = "1/h"
    settings.ACCOUNT_RATE_LIMITS = RATES


def send(world, line, **headers):
    path = world.path(line)
    kind = {"content_type": "application/json"} if path.startswith("/api/") else {}
    return getattr(Client(), line.method)(path, world.body(line), **kind, headers=headers)


def test_there_are_some():
    addresses = {line.address for line in public_writes()}
    assert {"/p/<slug>/<service_slug>/book", "/b/<token>/cancel", "/api/v1/auth/login"} <= addresses
    assert len(addresses) > 15


def test_every_public_write_is_refused_once_its_rate_is_used_up():
    world = World()
    wrong = []
    for line in public_writes():
        cache.clear()
        first, second = send(world, line), send(world, line)
        is_api = line.address.startswith("/api/")
        clear = (
            second["Content-Type"] == "application/json"
            and [error["code"] for error in second.json()["errors"]] == ["throttled"]
            if is_api
            else "<h1" in second.content.decode()
        )
        waits = second.headers.get("Retry-After", "").isdigit() and int(second["Retry-After"]) > 0
        if first.status_code == 429 or second.status_code != 429 or not clear or not waits:
            wrong.append(f"{line}: {first.status_code}, {second.status_code} {second.headers}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_pages_and_api_come_out_of_one_budget():
    world = World()
    book, ask = (
        next(line for line in public_writes() if line.address == address)
        for address in ("/p/<slug>/<service_slug>/book", "/api/v1/professionals/<slug>/booking-requests")
    )
    assert send(world, book).status_code == 302
    assert send(world, ask).status_code == 429


def test_reading_is_not_counted(settings, client):
    for _n in range(5):
        assert client.get("/login").status_code == 200


# --- Whose address it is ------------------------------------------------------------------------------


def write(remote="192.0.2.1", forwarded=None, **extra):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return Client(REMOTE_ADDR=remote).post("/language", {"language": "en"}, headers=headers).status_code


def log_in(remote="192.0.2.1", forwarded=None):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    body = {"email": "ada@people.test", "password": "x"}
    client = Client(REMOTE_ADDR=remote)
    return client.post("/api/v1/auth/login", body, "application/json", headers=headers).status_code


ASKS = pytest.mark.parametrize("ask", [write, log_in], ids=["page", "login"])


@ASKS
def test_without_proxies_of_ours_nobody_says_where_they_come_from(ask, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert ask(forwarded="198.51.100.1") != 429
    assert [ask(forwarded=f"198.51.100.{n}") for n in range(2, 5)] == [429] * 3
    assert ask(remote="192.0.2.2", forwarded="198.51.100.1") != 429


@ASKS
@pytest.mark.parametrize("proxies", [1, 2])
def test_the_address_before_our_proxies_counts_and_what_is_forged_before_it_does_not(ask, settings, proxies):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    ours = ", 10.0.0.9" * (proxies - 1)
    assert ask(forwarded=f"198.51.100.1{ours}") != 429
    for forged in ("1.1.1.1, 198.51.100.1", "nonsense,2.2.2.2, 198.51.100.1", "198.51.100.1:443"):
        assert ask(forwarded=forged + ours) == 429
    assert ask(forwarded=f"198.51.100.1, 198.51.100.2{ours}") != 429


@ASKS
def test_who_comes_past_our_proxies_is_known_by_who_connects(ask, settings):
    """Fewer hops than there are proxies: nothing in the header was written by one that is trusted for it."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert ask(forwarded="198.51.100.1") != 429
    assert [ask(forwarded=f"198.51.100.{n}") for n in range(2, 4)] == [429] * 2
    assert ask() == 429


@ASKS
def test_an_ipv6_network_is_one_address(ask):
    assert ask(remote="2001:db8:1:2::1") != 429
    assert ask(remote="2001:db8:1:2:ffff::9") == 429
    assert ask(remote="2001:db8:1:3::1") != 429


@ASKS
def test_ipv4_addresses_written_as_ipv6_are_many(ask):
    assert ask(remote="::ffff:192.0.2.1") != 429
    assert ask(remote="192.0.2.1") == 429
    assert ask(remote="::ffff:192.0.2.2") != 429


# --- At the same time ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cached", ["by Valkey", "in memory"])
def test_of_sixty_parallel_writes_as_many_pass_as_may(settings, request, cached):
    settings.PUBLIC_WRITE_RATE = "20/h"
    if cached == "in memory":
        request.getfixturevalue("silent_valkey")
    start = threading.Barrier(60)

    def run(_):
        start.wait()
        try:
            return write()
        finally:
            connection.close()

    with ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(run, range(60)))
    assert (answers.count(302), answers.count(429)) == (20, 40)
