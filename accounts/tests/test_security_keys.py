"""A security key stands for the password only where it has seen a finger, a face or a PIN."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Role
from accounts.tests import people
from accounts.tests.security_key import FLAG, HOST, SecurityKey
from accounts.tests.test_sign_in_pages import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(SERVER_NAME=HOST)


@pytest.fixture
def key() -> SecurityKey:
    return SecurityKey()


@pytest.fixture
def owner(key):
    user = people.user(Role.IT_ADMIN)
    key.belongs_to(user)
    return user


def signed_in(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def ask(client: Client) -> None:
    client.get("/login/passkey", headers={"Accept": "application/json"})


def test_a_key_that_knows_its_owner_signs_in(client, key, owner):
    ask(client)
    client.post("/login/passkey", {"credential": key.answer(client, owner, flags=FLAG.UP | FLAG.UV)})
    assert signed_in(client) == str(owner.pk)


def test_a_key_that_anybody_may_hold_does_not(client, key, owner):
    ask(client)
    client.post("/login/passkey", {"credential": key.answer(client, owner)})
    assert signed_in(client) is None


def test_nor_with_the_question_of_somebody_elses_second_step(client, key, owner):
    thief = people.user()
    SecurityKey().belongs_to(thief)
    sign_in(client, thief.email)
    client.get("/login/code")
    client.post("/login/passkey", {"credential": key.answer(client, owner)})
    assert signed_in(client) is None


def test_after_the_password_any_key_will_do(client, key, owner):
    sign_in(client, owner.email)
    client.get("/login/code")
    client.post("/login/code", {"credential": key.answer(client, owner)})
    assert signed_in(client) == str(owner.pk)
