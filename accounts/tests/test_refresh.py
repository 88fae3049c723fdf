"""A refresh token counts once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from allauth.headless.app_settings import TOKEN_STRATEGY
from allauth.headless.tokens.strategies.jwt import internal
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from accounts.tests import people
from accounts.tests.test_api_sign_in import call, log_in, me
from accounts.tokens import GRACE_SECONDS

NOON = "2030-01-01 12:00:00Z"


@pytest.fixture
def tokens(client, db):
    return log_in(client, people.user()).json()


def refresh(client, token):
    return call(client, "refresh", {"refresh": token})


def live_refresh_tokens(token):
    session = internal.get_token_session(internal.decode_token(token, "refresh"))
    return len(session["headless_refresh_tokens"])


def test_each_refresh_gives_new_tokens_in_the_same_session(client, tokens):
    known = tokens["refresh"]
    for _ in range(3):
        new = refresh(client, known).json()
        assert new["refresh"] != known
        assert me(client, new["access"]).status_code == 200
        known = new["refresh"]
    assert Session.objects.count() == live_refresh_tokens(known) == 1


def test_a_double_tap_gets_the_same_answer(client, tokens):
    first, second = (refresh(client, tokens["refresh"]).json() for _ in range(2))
    assert first["refresh"] == second["refresh"]
    assert me(client, second["access"]).status_code == 200


def test_a_copied_token_ends_the_session_for_everybody(client, db):
    with time_machine.travel(NOON, tick=False) as clock:
        stolen = log_in(client, people.user()).json()["refresh"]
        new = refresh(client, stolen).json()
        clock.shift(GRACE_SECONDS + 1)
        assert refresh(client, stolen).status_code == 401
        assert me(client, new["access"]).status_code == 401
        assert refresh(client, new["refresh"]).status_code == 401
    assert not Session.objects.exists()


def test_a_late_twin_of_an_older_request_does_no_harm_within_the_grace(client, tokens):
    first = refresh(client, tokens["refresh"]).json()["refresh"]
    second = refresh(client, first).json()["refresh"]
    assert refresh(client, tokens["refresh"]).json()["refresh"] == first
    assert refresh(client, first).json()["refresh"] == second
    assert live_refresh_tokens(second) == 1


def test_a_refresh_token_lasts_two_weeks(client, db):
    with time_machine.travel(NOON, tick=False) as clock:
        token = log_in(client, people.user()).json()["refresh"]
        clock.shift(14 * 24 * 3600 + 1)
        assert refresh(client, token).status_code == 401


def test_refreshing_is_limited_per_place(client, tokens, settings):
    settings.ACCOUNT_RATE_LIMITS = {"refresh_token": "3/m/ip"}
    assert [refresh(client, "x").status_code for _ in range(4)] == [401, 401, 401, 429]


@pytest.mark.django_db(transaction=True)
def test_parallel_refreshes_of_one_token_give_one_successor(client):
    token = log_in(client, people.user()).json()["refresh"]
    pairs = in_parallel(8, lambda: TOKEN_STRATEGY.refresh_token(token))
    assert all(pairs)
    assert len({refresh_token for _access, refresh_token in pairs}) == 1
    assert all(me(client, access).status_code == 200 for access, _refresh in pairs)
    assert live_refresh_tokens(pairs[0][1]) == 1


@pytest.mark.django_db(transaction=True)
def test_parallel_refreshes_after_the_grace_end_the_session_once(client):
    with time_machine.travel(NOON, tick=False) as clock:
        token = log_in(client, people.user()).json()["refresh"]
        refresh(client, token)
        clock.shift(GRACE_SECONDS + 1)
        assert in_parallel(8, lambda: TOKEN_STRATEGY.refresh_token(token)) == [None] * 8
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_logging_out_while_refreshing_leaves_nothing_alive(client):
    tokens = log_in(client, people.user()).json()
    acts = iter(
        [lambda: refresh(Client(), tokens["refresh"]), lambda: call(Client(), "logout", {}, tokens["access"])]
    )
    lock = threading.Lock()

    def act():
        with lock:
            chosen = next(acts)
        return chosen().status_code

    assert 204 in in_parallel(2, act)
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_are_counted_exactly(client):
    user = people.user()

    def guess():
        return log_in(Client(), user, "wrong").status_code

    answers = in_parallel(12, guess)
    assert answers.count(401) == 5
    assert answers.count(429) == 7


def in_parallel(times, act):
    """All start together."""
    start = threading.Barrier(times)

    def run(_):
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
