"""Moving an account to another e-mail: by the link in the new address, and by nothing else."""

from __future__ import annotations

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tests import people
from accounts.tests.letters import sent

pytestmark = pytest.mark.django_db

OLD, NEW = "eva@people.test", "eva.new@people.test"


@pytest.fixture
def user():
    return people.user(email=OLD, name="Eva", language="en")


@pytest.fixture
def eva(client, user):
    client.force_login(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def ask(client, email=NEW, password=people.PASSWORD):
    return client.post("/account/email", {"email": email, "password": password})


def letter(kind="account_email_new"):
    return sent().filter(kind=kind).latest("created_at")


def link_of(message):
    return re.search(r"http://\S+?(/account/email/confirm/\S+)", message.text)[1]


def test_nothing_changes_before_the_link_is_opened(eva, user):
    assert "Look into your mail" in ask(eva).content.decode()
    user.refresh_from_db()
    assert user.email == OLD
    assert not EmailAddress.objects.filter(email=NEW).exists(), "an address that was typed opens nothing"
    assert letter().recipient == NEW
    assert eva.get(link_of(letter())).status_code == 200
    user.refresh_from_db()
    assert user.email == OLD, "mail programs follow links, too"


def test_the_link_moves_the_account_and_the_old_address_is_told(eva, user):
    ask(eva, "Eva.New@People.test")
    assert eva.post(link_of(letter()))["Location"] == "/account/email"
    user.refresh_from_db()
    assert user.email == NEW
    only = EmailAddress.objects.get(user=user)
    assert (only.email, only.verified, only.primary) == (NEW, True, True)
    assert letter("account_email_changed").recipient == OLD
    assert eva.get("/account/").status_code == 200, "still signed in"


def test_signing_in_is_by_the_new_address_from_then_on(eva, client, user):
    ask(eva)
    eva.post(link_of(letter()))
    eva.logout()
    assert client.post("/login", {"login": OLD, "password": people.PASSWORD}).status_code == 200
    assert client.post("/login", {"login": NEW, "password": people.PASSWORD}).status_code == 302


def test_a_link_counts_once(eva, user):
    ask(eva)
    link = link_of(letter())
    assert eva.post(link).status_code == 302
    assert eva.post(link).status_code == 400
    assert "not valid any more" in eva.get(link).content.decode()


def test_a_letter_to_a_mistyped_address_is_of_no_use_to_its_reader(eva, client, user):
    ask(eva)
    link = link_of(letter())
    eva.logout()
    assert client.post(link)["Location"].startswith("/login?next=")
    client.force_login(people.user())
    assert client.post(link).status_code == 400
    user.refresh_from_db()
    assert user.email == OLD


def test_a_link_is_good_for_three_days(eva, user):
    with time_machine.travel("2030-01-01T10:00:00Z", tick=False):
        eva.force_login(user)
        ask(eva)
    with time_machine.travel("2030-01-04T10:00:05Z", tick=False):
        eva.force_login(user)
        assert eva.post(link_of(letter())).status_code == 400


def test_the_password_is_asked_for(eva, user):
    answer = ask(eva, password="wrong-one")
    assert answer.status_code == 400
    assert "not your current password" in answer.content.decode()
    assert not sent().exists()


def test_guessing_the_password_here_ends_soon(eva):
    codes = [ask(eva, password=f"guess-{n}").status_code for n in range(12)]
    assert codes[-1] == 429


def test_an_account_without_a_password_is_told_what_to_do(eva, user):
    user.set_unusable_password()
    user.save()
    eva.force_login(user)
    assert "/password/forgot" in eva.get("/account/email").content.decode()
    assert ask(eva).status_code == 400


def test_who_asks_cannot_tell_whether_an_address_is_known(eva, user):
    people.user(email="known@people.test")
    eva.get("/account/email")  # the first look at a page notes when the session was used
    answers, queries = [], []
    for address in ("known@people.test", "quite@people.test"):
        with CaptureQueriesContext(connection) as asked:
            answer = ask(eva, address)
        answers.append(re.sub(r"csrfmiddlewaretoken\W+value=\W\w+|" + address, "", answer.content.decode()))
        queries.append(len(asked))
    assert answers[0] == answers[1]
    assert queries[0] == queries[1]
    assert letter("account_email_known").recipient == "known@people.test"
    assert letter("account_email_new").recipient == "quite@people.test"


def test_somebody_elses_address_is_never_taken_over(eva, user):
    ask(eva)
    link = link_of(letter())
    other = people.user(email=NEW)
    assert "already an account" in eva.post(link).content.decode()
    user.refresh_from_db()
    other.refresh_from_db()
    assert (user.email, other.email) == (OLD, NEW)


def test_one_address_is_not_written_to_again_and_again(eva):
    for _n in range(3):
        assert ask(eva).status_code == 200
    assert sent().count() == 1


def test_the_own_address_and_nonsense_are_refused(eva):
    assert "is the e-mail of your account" in ask(eva, OLD).content.decode()
    for nonsense in ("nonsense", "a@b", "x" * 300 + "@people.test", "a\x00@people.test"):
        assert ask(eva, nonsense).status_code == 400
    assert not sent().exists()


@pytest.mark.parametrize("key", ["x", "a:b:c", "%00", "é", "x" * 3000])
def test_a_link_that_was_made_up_is_refused(eva, key):
    assert eva.post(f"/account/email/confirm/{key}").status_code in {400, 404}


def test_the_api_does_the_same(eva, user):
    json = {"content_type": "application/json"}
    assert eva.post("/api/v1/me/email", {"email": NEW, "password": "no"}, **json).json()["errors"][0] == {
        "code": "wrong_password",
        "detail": "This is not your current password.",
        "attr": "password",
    }
    assert (
        eva.post("/api/v1/me/email", {"email": NEW, "password": people.PASSWORD}, **json).status_code == 202
    )
    key = link_of(letter()).rsplit("/", 1)[1]
    answer = eva.post("/api/v1/me/email/confirm", {"key": key}, **json)
    assert answer.json()["email"] == NEW
    assert User.objects.get(pk=user.pk).email == NEW
    again = eva.post("/api/v1/me/email/confirm", {"key": key}, **json)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (400, "invalid_key")
