from __future__ import annotations

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session

from accounts import services
from accounts.models import Role, User
from accounts.tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return people.user(email="eva@people.test", name="Eva", language="en", timezone="Europe/Madrid")


def call(client, action, body=None, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(f"/api/v1/auth/{action}", body or {}, content_type="application/json", headers=headers)


def log_in(client, user, password=people.PASSWORD):
    return call(client, "login", {"email": user.email, "password": password})


def me(client, token):
    return client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})


def codes(answer):
    return answer.status_code, [error["code"] for error in answer.json()["errors"]]


def test_signing_in_gives_tokens_and_the_user(client, user):
    answer = log_in(client, user)
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"access", "refresh", "user"}
    assert body["user"] == {
        "id": str(user.pk),
        "email": "eva@people.test",
        "name": "Eva",
        "role": "patient",
        "language": "en",
        "timezone": "Europe/Madrid",
        "professional_id": None,
    }
    assert me(client, body["access"]).json() == body["user"]
    assert "sessionid" not in answer.cookies, "an app gets no cookie"


def test_who_is_signed_in_may_sign_in_again_on_another_device(client, user):
    first = log_in(client, user).json()
    client.force_login(people.user())
    again = call(client, "login", {"email": user.email, "password": people.PASSWORD}, token=first["access"])
    assert again.status_code == 200
    assert again.json()["user"]["id"] == str(user.pk)
    for tokens in (first, again.json()):
        assert me(client, tokens["access"]).status_code == 200
    assert client.get("/api/v1/auth/me").json()["id"] != str(user.pk), "the browser's own session stays"


@pytest.mark.parametrize("header", ["X-Session-Token", "Authorization"])
def test_odd_headers_do_not_stop_a_sign_in(client, user, header):
    body = {"email": user.email, "password": people.PASSWORD}
    answer = client.post("/api/v1/auth/login", body, "application/json", headers={header: "Bearer nonsense"})
    assert answer.status_code == 200


def test_a_professional_learns_who_they_are(client):
    professional = people.professional()
    assert log_in(client, professional.user).json()["user"]["professional_id"] == str(professional.pk)
    assert log_in(client, people.user(Role.PROFESSIONAL)).json()["user"]["professional_id"] is None


@pytest.mark.parametrize("email", ["eva@people.test", "EVA@People.Test", "ada@people.test"])
def test_wrong_password_and_unknown_address_answer_the_same(client, user, email):
    answer = call(client, "login", {"email": email, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.json()["type"] == "client_error"
    assert answer.json()["errors"][0] | {"detail": ""} == {
        "code": "invalid_credentials",
        "detail": "",
        "attr": None,
    }
    assert not Session.objects.exists()


class CountingHasher(MD5PasswordHasher):
    algorithm = "counting"
    used = 0

    def encode(self, password, salt):
        type(self).used += 1
        return super().encode(password, salt)


def test_an_unknown_address_costs_as_much_time_as_a_known_one(client, settings):
    """Hashing is what takes the time: as often for nobody as for somebody."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    people.user(email="eva@people.test")

    def hashed(email):
        before = CountingHasher.used
        call(client, "login", {"email": email, "password": "wrong"})
        return CountingHasher.used - before

    assert hashed("eva@people.test") == hashed("ada@people.test") == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "eva@people.test"},
        {"email": "no address", "password": "x"},
        {"email": ["eva@people.test"], "password": {"a": 1}},
        {"email": "a\x00@people.test", "password": "x"},
        {"email": "eva@people.test", "password": "a\x00b"},
        {"email": "eva@people.test", "password": "x" * 300},
        [1, 2],
    ],
)
def test_odd_input_is_a_validation_error(client, user, body):
    answer = call(client, "login", body)
    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_error"


def test_no_json_is_a_clear_error(client):
    answer = client.post("/api/v1/auth/login", "{", content_type="application/json")
    assert codes(answer) == (400, ["parse_error"])
    assert client.post("/api/v1/auth/login", {"email": "x"}).status_code == 415


def test_a_deactivated_user_does_not_come_in(client, user):
    user.is_active = False
    user.save()
    assert codes(log_in(client, user)) == (401, ["account_inactive"])
    assert codes(log_in(client, user, "wrong")) == (401, ["invalid_credentials"])


def test_an_unverified_address_has_to_be_confirmed_first(client):
    answer = log_in(client, people.user(verified=False))
    assert codes(answer) == (401, ["email_not_verified"])
    assert not Session.objects.exists()


def test_guessing_is_locked_out_even_with_the_right_password_after(client, user):
    answers = [log_in(client, user, "wrong").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert codes(log_in(client, user)) == (429, ["locked_out"])


def test_attempts_from_one_place_are_limited(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip"}
    assert [log_in(client, people.user()).status_code for _ in range(4)] == [200] * 3 + [429]


def test_logging_out_ends_both_tokens_at_once(client, user):
    tokens = log_in(client, user).json()
    other = log_in(client, user).json()
    assert call(client, "logout", token=tokens["access"]).status_code == 204
    assert me(client, tokens["access"]).status_code == 401
    assert call(client, "refresh", {"refresh": tokens["refresh"]}).status_code == 401
    assert me(client, other["access"]).status_code == 200, "another device stays"


def test_logging_out_with_the_refresh_token_alone(client, user):
    tokens = log_in(client, user).json()
    with time_machine.travel("2100-01-01"):
        assert call(client, "logout", {"refresh": tokens["refresh"]}).status_code == 204
    assert call(client, "logout", {"refresh": tokens["refresh"]}, token="dead").status_code == 204
    assert me(client, tokens["access"]).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\xff", "Bearer"])
def test_dead_tokens_log_out_fine_and_open_nothing(client, token):
    assert call(client, "logout", {"refresh": token or "x"}, token=token).status_code == 204
    assert me(client, token or "x").status_code == 401


def test_a_deactivated_user_is_out_at_once_and_for_good(client, user):
    tokens = log_in(client, user).json()
    for active in (False, True):
        services.set_active(user_id=user.pk, active=active, by=people.user())
        assert me(client, tokens["access"]).status_code == 401
        assert codes(call(client, "refresh", {"refresh": tokens["refresh"]})) == (401, ["token_not_valid"])
    assert log_in(client, user).status_code == 200


def test_what_is_written_past_the_verbs_counts_too(client, user):
    tokens = log_in(client, user).json()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert me(client, tokens["access"]).status_code == 401
    assert codes(call(client, "refresh", {"refresh": tokens["refresh"]})) == (401, ["token_not_valid"])


def test_a_new_password_ends_every_session(client, user):
    tokens = log_in(client, user).json()
    user.set_password("another-long-enough-one")
    user.save()
    assert me(client, tokens["access"]).status_code == 401
    assert call(client, "refresh", {"refresh": tokens["refresh"]}).status_code == 401


def test_an_access_token_lasts_five_minutes(client, user):
    with time_machine.travel("2030-01-01 12:00:00Z", tick=False) as clock:
        token = log_in(client, user).json()["access"]
        clock.shift(299)
        assert me(client, token).status_code == 200
        clock.shift(2)
        assert me(client, token).status_code == 401


def test_a_refresh_token_opens_nothing_and_an_access_token_refreshes_nothing(client, user):
    tokens = log_in(client, user).json()
    assert me(client, tokens["refresh"]).status_code == 401
    assert call(client, "refresh", {"refresh": tokens["access"]}).status_code == 401


def test_who_is_not_signed_in_is_told_so(client):
    answer = client.get("/api/v1/auth/me")
    assert codes(answer) == (401, ["not_authenticated"])
    assert answer["WWW-Authenticate"] == "Bearer"


def test_our_own_pages_use_the_session(client, user):
    client.force_login(user)
    assert client.get("/api/v1/auth/me").json()["email"] == user.email
