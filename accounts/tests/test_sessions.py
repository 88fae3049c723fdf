"""Where one is signed in: seeing it, and ending it."""

from __future__ import annotations

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from accounts import sessions
from accounts.devices import device_in_words
from accounts.tests import people
from accounts.tests.test_api_sign_in import call, log_in, me
from accounts.tests.test_sign_in_pages import sign_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile/15E148 Safari/604.1"
EDGE = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
APP = "Vicita/3 CFNetwork/1410 Darwin/22.6.0"


@pytest.fixture
def user():
    return people.user(language="en")


def signed_in(user, **how) -> Client:
    client = Client(**how)
    sign_in(client, user.email)
    client.cookies["django_language"] = "en"
    return client


def listed(token):
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    return Client(REMOTE_ADDR="203.0.113.7").get("/api/v1/auth/sessions", headers=headers).json()


def end(token, session_id=""):
    path = f"/api/v1/auth/sessions/{session_id}".rstrip("/")
    return Client().delete(path, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (CHROME, "Chrome on Android"),
        (SAFARI, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("Dart/3.5 (dart:io) Android", "App on Android"),
        (APP, "An app"),
        ("", "An app"),
    ],
)
def test_devices_have_names_that_people_know(agent, words):
    with translation.override("en"):
        assert device_in_words(agent) == words


def test_pages_and_apps_are_listed_and_this_one_is_marked(user):
    page = signed_in(user, headers={"user-agent": FIREFOX})
    token = log_in(Client(REMOTE_ADDR="203.0.113.7"), user).json()["access"]
    found = [(one["device"], one["address"], one["current"]) for one in listed(token)]
    assert found == [("An app", "203.0.113.7", True), ("Firefox on Windows", "127.0.0.1", False)]
    text = page.get("/account/sessions").content.decode()
    assert [words in text for words in ("Firefox on Windows", "203.0.113.7")] == [True, True]
    assert text.count(">this one<") == 1


def test_an_app_ends_a_page(user):
    page, token = signed_in(user), log_in(Client(), user).json()["access"]
    other = next(one["id"] for one in listed(token) if not one["current"])
    assert end(token, other).status_code == 204
    assert page.get("/account/sessions").status_code == 302
    assert end(token, other).status_code == 404
    assert len(listed(token)) == 1


def test_a_page_ends_an_app(user):
    page, tokens = signed_in(user), log_in(Client(), user).json()
    row = UserSession.objects.get(
        user=user, session_key__in=Session.objects.exclude(pk=page.session.session_key)
    )
    page.post(f"/account/sessions/{row.pk}/end")
    assert me(Client(), tokens["access"]).status_code == 401
    assert call(Client(), "refresh", {"refresh": tokens["refresh"]}).status_code == 401
    assert page.get("/account/sessions").status_code == 200


@pytest.mark.parametrize("from_page", [True, False])
def test_all_others_end_and_this_one_stays(user, from_page):
    pages = [signed_in(user) for _ in range(2)]
    tokens = [log_in(Client(), user).json()["access"] for _ in range(2)]
    if from_page:
        pages[0].post("/account/sessions/end-others")
    else:
        assert end(tokens[0]).status_code == 204
    assert [page.get("/account/sessions").status_code for page in pages] == [200 if from_page else 302, 302]
    assert [me(Client(), token).status_code for token in tokens] == [401 if from_page else 200, 401]


def test_others_sessions_are_not_there(user):
    theirs = signed_in(people.user())
    row = UserSession.objects.get()
    mine, token = signed_in(user), log_in(Client(), user).json()["access"]
    assert end(token, row.pk).status_code == 404
    assert mine.post(f"/account/sessions/{row.pk}/end").status_code == 404
    assert end(token, 10**30).status_code == 404
    assert theirs.get("/account/sessions").status_code == 200


def test_the_current_session_may_be_ended_too(user):
    token = log_in(Client(), user).json()["access"]
    assert end(token, listed(token)[0]["id"]).status_code == 204
    assert me(Client(), token).status_code == 401


def test_sessions_that_are_over_are_not_listed(user):
    with time_machine.travel("2030-01-01 12:00:00Z", tick=False) as clock:
        signed_in(user)
        clock.shift(15 * 24 * 3600)
        token = log_in(Client(), user).json()["access"]
        assert len(listed(token)) == 1


def test_last_seen_follows_within_five_minutes(user):
    with time_machine.travel("2030-01-01 12:00:00Z", tick=False) as clock:
        page = signed_in(user, headers={"user-agent": FIREFOX})
        page.get("/account/")
        clock.shift(299)
        page.get("/account/")
        assert f"{UserSession.objects.get().last_seen_at:%H:%M}" == "12:00"
        cache.clear()  # as after its five minutes: Valkey has a clock of its own
        page.get("/account/", REMOTE_ADDR="203.0.113.9", headers={"user-agent": CHROME})
        row = UserSession.objects.get()
        assert f"{row.last_seen_at:%H:%M:%S}" == "12:04:59"
        assert (row.ip, row.user_agent[:20]) == ("203.0.113.9", CHROME[:20])


def test_listing_takes_the_same_queries_however_many_there_are(user, django_assert_num_queries):
    page = signed_in(user)
    page.get("/account/sessions")
    with django_assert_num_queries(3):
        page.get("/account/sessions")
    for _ in range(4):
        log_in(Client(), user)
    with django_assert_num_queries(3):
        page.get("/account/sessions")


@pytest.mark.django_db(transaction=True)
def test_whoever_listens_hears_of_it_after_the_commit():
    user, heard = people.user(), []
    sessions.on_ended.register(heard.append)
    try:
        sessions.end_sessions(user)
    finally:
        sessions.on_ended._listeners.remove(heard.append)
    assert heard == [user.pk]
