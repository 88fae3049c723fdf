from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress

from accounts.tests import people
from notifications.models import Message

pytestmark = pytest.mark.django_db

NEW = "another-long-enough-one"


@pytest.fixture
def user():
    return people.user(email="eva@people.test", language="en")


def ask(client, email):
    return client.post("/password/forgot", {"email": email})


def link_in(message: Message) -> str:
    return re.search(r"http://\S+", message.text)[0].removeprefix("http://testserver")


def test_the_link_in_the_mail_changes_the_password(client, user):
    assert ask(client, " Eva@People.test ")["Location"] == "/password/forgot/sent"
    assert client.get("/password/forgot/sent").status_code == 200
    message = Message.objects.get()
    assert (message.recipient, message.language, message.kind) == (
        user.email,
        "en",
        "account_password_reset_key",
    )
    assert message.subject == "Choose a new password"
    link = link_in(message)
    assert link in message.html

    form = client.get(link, follow=True)
    assert link not in form.content.decode(), "the key must not stay in the address"
    where = form.redirect_chain[-1][0]
    assert "error-summary" in client.post(where, {"password1": NEW, "password2": "other"}).content.decode()
    done = client.post(where, {"password1": NEW, "password2": NEW}, follow=True)
    assert done.redirect_chain[-1][0] == "/password/reset/done"
    assert Message.objects.filter(kind="account_password_reset").exists(), "its owner is told"
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert "_auth_user_id" not in client.session


def test_a_link_works_once(client, user):
    ask(client, user.email)
    link = link_in(Message.objects.get())
    where = client.get(link)["Location"]
    client.post(where, {"password1": NEW, "password2": NEW})
    client.session.flush()
    page = client.get(link, follow=True).content.decode()
    assert "password1" not in page


@pytest.mark.parametrize("key", ["abc-def", "1-2-3", "zzz-%00", "a" * 50 + "-" + "b" * 500])
def test_a_broken_link_says_so(client, key):
    answer = client.get(f"/password/reset/{key}", follow=True)
    assert answer.status_code == 200
    assert "password1" not in answer.content.decode()


def test_a_new_password_ends_what_was_signed_in_before(client, user, django_user_model):
    client.force_login(user)
    user.set_password(NEW)
    user.save()
    assert client.get("/home")["Location"].startswith("/login")


def test_an_unknown_address_is_answered_the_same_and_told_by_mail(client, user):
    assert ask(client, "ada@people.test")["Location"] == ask(client, user.email)["Location"]
    kinds = {message.recipient: message.kind for message in Message.objects.all()}
    assert kinds == {
        "ada@people.test": "account_unknown_account",
        user.email: "account_password_reset_key",
    }


def test_the_mail_for_an_unknown_address_carries_no_markup_of_a_stranger(client):
    ask(client, '"<b>x</b>"@people.test')
    message = Message.objects.get()
    assert "<b>x</b>" in message.text
    assert "<b>" not in message.html


def test_asking_again_and_again_is_limited(client, user):
    codes = [ask(client, user.email).status_code for _ in range(7)]
    assert codes.count(302) == 5
    assert set(codes[5:]) <= {200, 429}
    assert Message.objects.count() == 5


def test_an_unverified_address_is_confirmed_before_the_first_sign_in(client):
    user = people.user(verified=False)
    assert sign_in(client, user)["Location"] == "/email/confirm"
    assert client.get("/email/confirm").status_code == 200
    message = Message.objects.get(kind="account_email_confirmation")
    assert message.recipient == user.email
    link = re.search(r"http://\S+", message.text)[0].removeprefix("http://testserver")
    assert client.get(link).status_code == 200
    assert client.post(link, {"password": people.PASSWORD})["Location"] == "/home"
    assert EmailAddress.objects.get(user=user).verified


def sign_in(client, user):
    return client.post("/login", {"login": user.email, "password": people.PASSWORD})
