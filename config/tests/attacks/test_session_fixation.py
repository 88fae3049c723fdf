"""A session that somebody planted in a browser never becomes the session of whoever signs in there."""

from __future__ import annotations

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts.tests.people import PASSWORD
from accounts.tests.people import user as make_user

pytestmark = pytest.mark.django_db


def planted() -> str:
    session = SessionStore()
    session["planted"] = True
    session.save()
    return session.session_key


def test_signing_in_gives_the_session_another_key():
    user, client, key = make_user(), Client(), planted()
    client.cookies["sessionid"] = key
    client.post("/login", {"login": user.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.session.session_key != key
    assert not SessionStore().exists(key)


def test_a_session_of_somebody_else_is_not_carried_into_ones_own():
    first, second, client = make_user(), make_user(), Client()
    client.post("/login", {"login": first.email, "password": PASSWORD})
    before = client.session.session_key
    client.post("/logout")
    client.post("/login", {"login": second.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(second.pk)
    assert client.session.session_key != before
    assert not SessionStore().exists(before)


def test_cookies_are_for_us_and_not_for_scripts(settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True
    user, client = make_user(), Client()
    client.get("/login")
    client.post("/login", {"login": user.email, "password": PASSWORD})
    client.post("/language", {"language": "en"})
    assert {"sessionid", "csrftoken", settings.LANGUAGE_COOKIE_NAME} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert cookie["samesite"] in {"Lax", "Strict"}, name
        assert cookie["secure"] and not cookie["domain"], name
    assert client.cookies["sessionid"]["httponly"]
