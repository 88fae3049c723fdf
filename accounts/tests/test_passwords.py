"""Forgetting, resetting and changing a password, over the API and on pages."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.tests import people
from accounts.tests.letters import sent
from accounts.tests.test_api_sign_in import call, codes, log_in, me

pytestmark = pytest.mark.django_db
NEW = "another-long-enough-one"


@pytest.fixture
def user():
    return people.user(email="eva@people.test", language="en")


def change(client, token=None, current=people.PASSWORD, new=NEW):
    return call(client, "change-password", {"current_password": current, "new_password": new}, token)


def key_in(message):
    return re.search(r"/password/reset/(\S+)", message.text)[1]


def ask(client, email):
    return call(client, "forgot-password", {"email": email})


def reset(client, key, new=NEW):
    return call(client, "reset-password", {"key": key, "new_password": new})


def page_session(user):
    client = Client()
    client.post("/login", {"login": user.email, "password": people.PASSWORD})
    return client


def is_signed_in(client):
    return client.get("/api/v1/auth/me").status_code == 200


# --- Changed ---------------------------------------------------------------------------------------


def test_an_app_stays_signed_in_and_everybody_else_is_out(client, user):
    mine, other = log_in(client, user).json(), log_in(client, user).json()
    browser = page_session(user)
    assert change(client, mine["access"]).status_code == 204
    assert me(client, mine["access"]).status_code == 200
    new = call(client, "refresh", {"refresh": mine["refresh"]})
    assert new.status_code == 200 and me(client, new.json()["access"]).status_code == 200
    assert me(client, other["access"]).status_code == 401
    assert call(client, "refresh", {"refresh": other["refresh"]}).status_code == 401
    assert not is_signed_in(browser)
    assert UserSession.objects.count() == Session.objects.count() == 1
    assert log_in(client, user).status_code == 401
    assert log_in(client, user, NEW).status_code == 200


def test_a_page_stays_signed_in_with_a_new_cookie_and_everybody_else_is_out(client, user):
    token, other = log_in(client, user).json()["access"], page_session(user)
    browser = page_session(user)
    before = browser.cookies["sessionid"].value
    form = {"current_password": people.PASSWORD, "new_password": NEW, "again": NEW}
    answer = browser.post("/account/password", form)
    assert (answer.status_code, answer["Location"]) == (302, "/account/password")
    assert "Everywhere else you are signed out" in browser.get("/account/password").content.decode()
    assert is_signed_in(browser)
    assert browser.cookies["sessionid"].value != before
    thief = Client()
    thief.cookies["sessionid"] = before
    assert not is_signed_in(thief)
    assert not is_signed_in(other)
    assert me(client, token).status_code == 401
    assert UserSession.objects.get().session_key == browser.cookies["sessionid"].value


def test_a_page_may_ask_the_api_with_its_own_session(user):
    browser = page_session(user)
    assert change(browser).status_code == 204
    assert is_signed_in(browser)


def test_the_owner_is_told(client, user):
    change(client, log_in(client, user).json()["access"])
    assert sent().get(kind="account_password_changed").recipient == user.email


@pytest.mark.parametrize(
    ("current", "new", "code", "attr"),
    [
        ("wrong", NEW, "wrong_password", "current_password"),
        (people.PASSWORD, people.PASSWORD, "same_password", "new_password"),
        (people.PASSWORD, "short", "password_too_short", "new_password"),
        (people.PASSWORD, "eva@people.test", "password_too_similar", "new_password"),
        (people.PASSWORD, "48270163958", "password_entirely_numeric", "new_password"),
    ],
)
def test_what_is_refused_changes_nothing(client, user, current, new, code, attr):
    tokens = log_in(client, user).json()
    answer = change(client, tokens["access"], current, new)
    assert codes(answer)[0] == 400
    assert (answer.json()["errors"][0]["code"], answer.json()["errors"][0]["attr"]) == (code, attr)
    page = page_session(user).post(
        "/account/password", {"current_password": current, "new_password": new, "again": new}
    )
    assert page.status_code == 400 and "error-summary" in page.content.decode()
    assert me(client, tokens["access"]).status_code == 200
    assert log_in(client, user).status_code == 200
    assert not sent().exists()


def test_the_two_have_to_be_the_same(user):
    form = {"current_password": people.PASSWORD, "new_password": NEW, "again": "other"}
    assert "The two are not the same" in page_session(user).post("/account/password", form).content.decode()


def test_who_has_taken_a_session_guesses_the_password_five_times(client, user):
    token = log_in(client, user).json()["access"]
    answers = [change(client, token, f"wrong{n}").status_code for n in range(6)]
    assert answers == [400] * 5 + [429]
    assert change(client, token)["Retry-After"]
    assert log_in(Client(), user).status_code == 200, "which locks nobody out"


def test_without_a_password_the_way_is_the_link(client):
    user = people.user(password=None, language="en")
    client.force_login(user)
    assert 'action="/password/forgot"' in client.get("/account/password").content.decode()
    assert codes(change(client)) == (400, ["no_password"])


def test_changing_needs_a_sign_in(client):
    assert codes(change(client)) == (401, ["not_authenticated"])
    assert client.get("/account/password")["Location"].startswith("/login")


@pytest.mark.django_db(transaction=True)
def test_changing_while_the_app_refreshes_keeps_it_signed_in():
    user = people.user()
    tokens = log_in(Client(), user).json()
    acts = [
        lambda: change(Client(), tokens["access"]),
        *[lambda: call(Client(), "refresh", {"refresh": tokens["refresh"]})] * 3,
    ]
    answers = in_parallel(acts)
    assert answers[0].status_code == 204
    newest = next(answer.json() for answer in answers[1:] if answer.status_code == 200)
    assert me(Client(), newest["access"]).status_code == 200
    assert call(Client(), "refresh", {"refresh": newest["refresh"]}).status_code == 200


# --- Forgotten -------------------------------------------------------------------------------------


def test_the_letters_link_resets_over_the_api(client, user):
    tokens, browser = log_in(client, user).json(), page_session(user)
    assert ask(client, " EVA@people.test ").status_code == 204
    key = key_in(sent().get(kind="account_password_reset_key"))
    assert reset(client, key).status_code == 204
    assert me(client, tokens["access"]).status_code == 401
    assert not is_signed_in(browser)
    assert not UserSession.objects.exists()
    assert log_in(client, user, NEW).status_code == 200
    assert sent().filter(kind="account_password_reset").exists(), "the owner is told"
    assert codes(reset(client, key)) == (400, ["invalid_password_reset"])


def test_source_fours_names_do_the_same(client, user):
    assert call(client, "reset-password", {"email": user.email}).status_code == 204
    key = key_in(sent().get())
    assert call(client, "reset-password-confirm", {"key": key, "new_password": NEW}).status_code == 204
    assert "reset-password-confirm" not in client.get("/api/v1/schema").content.decode()


@pytest.mark.parametrize("email", ["eva@people.test", "ada@people.test"])
def test_asking_answers_the_same_for_everybody(client, user, email):
    answer = ask(client, email)
    assert (answer.status_code, answer.content) == (204, b"")
    assert sent().get().recipient == email


@pytest.mark.parametrize("email", ["eva@people.test", "ada@people.test"])
def test_nobodys_mailbox_is_filled(client, user, email):
    answers = [ask(client, email) for _n in range(7)]
    assert [answer.status_code for answer in answers] == [204] * 5 + [429] * 2
    assert answers[-1]["Retry-After"] == "3600"
    assert sent().count() == 5


def test_a_weak_password_is_refused_and_the_link_stays_good(client, user):
    ask(client, user.email)
    key = key_in(sent().get())
    assert codes(reset(client, key, "12345")) == (400, ["password_too_short"])
    assert reset(client, key).status_code == 204


@pytest.mark.parametrize("key", ["x", "1-2", "a-b-c", "-", "zzzzzzzzzzzzz-x", "1-\x00"])
def test_a_forged_link_is_refused(client, key):
    assert reset(client, key).status_code == 400


def test_the_link_is_too_old_after_three_days(client, user):
    ask(client, user.email)
    key = key_in(sent().get())
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert codes(reset(client, key)) == (400, ["invalid_password_reset"])


def test_a_deactivated_account_is_not_reset(client, user):
    ask(client, user.email)
    key = key_in(sent().get())
    user.is_active = False
    user.save()
    assert reset(client, key).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_of_parallel_uses_of_a_link_one_counts():
    user = people.user()
    ask(Client(), user.email)
    key = key_in(sent().get())
    answers = in_parallel([lambda n=n: reset(Client(), key, f"{NEW}-{n}").status_code for n in range(8)])
    assert sorted(answers) == [204] + [400] * 7


def test_a_temporary_password_ends_with_a_reset(client, user):
    services.issue_temporary_password(user_id=user.pk, by=people.user())
    user.refresh_from_db()
    assert user.temporary_password_until
    ask(client, user.email)
    key = key_in(sent().get(kind="account_password_reset_key"))
    reset(client, key)
    user.refresh_from_db()
    assert user.temporary_password_until is None
    assert log_in(client, user, NEW).status_code == 200


def test_the_page_of_the_link_ends_all_sessions_too(client, user):
    token, browser = log_in(client, user).json()["access"], page_session(user)
    browser.post("/password/forgot", {"email": user.email})
    where = browser.get(f"/password/reset/{key_in(sent().get())}")["Location"]
    done = browser.post(where, {"password1": NEW, "password2": NEW}, follow=True)
    assert done.redirect_chain[-1] == ("/password/reset/done", 302)
    assert not is_signed_in(browser)
    assert me(client, token).status_code == 401


def in_parallel(acts):
    """All start together."""
    start = threading.Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
