"""Sign-in in two steps, from an app."""

from __future__ import annotations

import pytest
import time_machine
from allauth.mfa.models import Authenticator

from accounts.models import Role
from accounts.tests import people
from accounts.tests.test_api_sign_in import call, codes, log_in, me

pytestmark = pytest.mark.django_db
NOON = "2030-01-01 12:00:00Z"


def sign_in(client, user, code=""):
    return call(client, "login", {"email": user.email, "password": people.PASSWORD, "code": code})


def ask(client, method, action, token, body=None):
    return getattr(client, method)(
        f"/api/v1/auth/{action}", body or {}, "application/json", headers={"Authorization": f"Bearer {token}"}
    )


PASSWORD = {"password": people.PASSWORD}


def test_an_app_is_set_up_and_asked_for(client):
    user = people.user()
    token = log_in(client, user).json()["access"]
    elsewhere = log_in(client, user).json()["access"]
    secret = ask(client, "post", "totp", token, PASSWORD).json()["secret"]
    assert log_in(client, user).status_code == 200, "nothing counts before the first code"
    answer = ask(client, "put", "totp", token, {"code": people.code_now(secret)})
    assert len(answer.json()["recovery_codes"]) == 10
    assert me(client, token).status_code == 200
    assert me(client, elsewhere).status_code == 401, "nobody there has proved it"
    state = client.get("/api/v1/auth/totp", headers={"Authorization": f"Bearer {token}"}).json()
    assert state == {"app": True, "passkeys": 0, "recovery_codes_left": 10, "required_for_role": False}
    assert codes(log_in(client, user)) == (401, ["second_factor_required"])
    assert sign_in(client, user, answer.json()["recovery_codes"][0]).status_code == 200
    assert sign_in(client, user, people.code_now(secret, later=1)).status_code == 200


def test_setting_up_asks_for_the_password(client):
    token = log_in(client, people.user()).json()["access"]
    for body in ({}, {"password": "wrong"}):
        assert codes(ask(client, "post", "totp", token, body)) == (400, ["wrong_password"])
    assert not Authenticator.objects.exists()


def test_what_was_begun_is_ended_within_five_minutes(client):
    with time_machine.travel(NOON, tick=False) as clock:
        user = people.user()
        tokens = log_in(client, user).json()
        secret = ask(client, "post", "totp", tokens["access"], PASSWORD).json()["secret"]
        clock.shift(301)
        token = call(client, "refresh", {"refresh": tokens["refresh"]}).json()["access"]
        answer = ask(client, "put", "totp", token, {"code": people.code_now(secret)})
        assert codes(answer) == (400, ["password_required"])


def test_a_code_without_a_beginning_is_none(client):
    token = log_in(client, people.user()).json()["access"]
    assert codes(ask(client, "put", "totp", token, {"code": "123456"})) == (400, ["invalid_code"])


def test_an_app_is_set_up_once(client):
    user = people.user(two_step=True)
    token = sign_in(client, user, people.code_now()).json()["access"]
    assert codes(ask(client, "post", "totp", token, PASSWORD)) == (400, ["already_set_up"])


def test_the_app_is_removed_with_the_password(client):
    user = people.user(two_step=True)
    token = sign_in(client, user, people.code_now()).json()["access"]
    assert codes(ask(client, "delete", "totp", token)) == (400, ["wrong_password"])
    assert ask(client, "delete", "totp", token, PASSWORD).status_code == 204
    assert ask(client, "delete", "totp", token, PASSWORD).status_code == 404
    assert log_in(client, user).status_code == 200


def test_new_recovery_codes_take_the_place_of_the_old(client):
    user = people.user(two_step=True)
    token = sign_in(client, user, people.code_now()).json()["access"]
    assert codes(ask(client, "post", "recovery-codes", token)) == (400, ["wrong_password"])
    old, new = (
        ask(client, "post", "recovery-codes", token, PASSWORD).json()["recovery_codes"] for _ in range(2)
    )
    assert not set(old) & set(new)
    assert codes(sign_in(client, user, old[0])) == (401, ["invalid_code"])
    assert sign_in(client, user, new[0]).status_code == 200


def test_recovery_codes_are_for_two_steps(client):
    token = log_in(client, people.user()).json()["access"]
    assert codes(ask(client, "post", "recovery-codes", token, PASSWORD)) == (400, ["no_second_factor"])


def test_a_wrong_password_is_told_before_any_code(client):
    user = people.user(two_step=True)
    answer = call(client, "login", {"email": user.email, "password": "wrong", "code": people.code_now()})
    assert codes(answer) == (401, ["invalid_credentials"])


@pytest.mark.parametrize("code", ["000000", "x", "１２３４５６", "\x00", " ", "-" * 32])
def test_a_wrong_code_is_told(client, code):
    user = people.user(two_step=True)
    assert sign_in(client, user, code).status_code in {400, 401}
    assert sign_in(client, user, people.code_now()).status_code == 200


def test_guesses_of_codes_are_limited_also_for_the_right_one(client):
    user = people.user(two_step=True)
    assert [sign_in(client, user, "000000").status_code for _ in range(6)] == [401] * 5 + [429]
    assert codes(sign_in(client, user, people.code_now())) == (429, ["throttled"])


@pytest.mark.parametrize("role", [Role.AGENT, Role.MEDICAL_ADMIN, Role.IT_ADMIN])
def test_staff_without_reach_only_the_set_up(client, role):
    user = people.user(role, two_step=False)
    token = log_in(client, user).json()["access"]
    for way in ({"headers": {"Authorization": f"Bearer {token}"}}, {}):
        if not way:
            client.force_login(user)
        for path in ("auth/me", "bookings", "professionals", "auth/sessions", "schema"):
            answer = client.get(f"/api/v1/{path}", **way)
            if path not in {"schema"} or not way:
                assert codes(answer) == (403, ["second_factor_required_for_role"]), path
        assert client.get("/api/v1/auth/totp", **way).json()["required_for_role"] is True
    secret = ask(client, "post", "totp", token, PASSWORD).json()["secret"]
    assert ask(client, "put", "totp", token, {"code": people.code_now(secret)}).status_code == 200
    assert me(client, token).status_code == 200


def test_the_roles_are_a_setting(client, settings):
    settings.SECOND_FACTOR_ROLES = frozenset({"patient"})
    token = log_in(client, people.user(two_step=False)).json()["access"]
    assert codes(me(client, token)) == (403, ["second_factor_required_for_role"])
    assert (
        me(client, log_in(client, people.user(Role.AGENT, two_step=False)).json()["access"]).status_code
        == 200
    )


def test_a_stolen_session_guesses_the_password_five_times_and_locks_nobody_out(client):
    user = people.user()
    token = log_in(client, user).json()["access"]
    change = {"current_password": "wrong", "new_password": "another-good-1"}
    guesses = [ask(client, "post", "totp", token, {"password": "wrong"}).status_code for _ in range(3)]
    guesses += [ask(client, "post", "change-password", token, change).status_code for _ in range(3)]
    assert guesses == [400, 400, 400, 400, 400, 429], "one count, wherever the password is asked for"
    assert ask(client, "post", "totp", token, PASSWORD).status_code == 429
    assert log_in(client, user).status_code == 200
