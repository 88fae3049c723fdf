"""A temporary password opens one page: the choice of one's own."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import services
from accounts.models import Role, User
from accounts.tests import people
from accounts.tests.letters import kinds_to, link_to, temporary_password_of
from core.errors import Missing, Refused

pytestmark = pytest.mark.django_db
EVA = "eva@people.test"
OWN = "a-password-of-my-own"


@pytest.fixture
def it_admin():
    return people.user(Role.IT_ADMIN)


@pytest.fixture
def user(it_admin):
    """Eva, to whom IT has just sent one."""
    user = people.user(email=EVA, name="Eva")
    services.issue_temporary_password(user_id=user.pk, by=it_admin)
    user.refresh_from_db()
    return user


def sign_in(client, password=None, **fields):
    password = password or temporary_password_of(EVA)
    return client.post("/login", {"login": EVA, "password": password, **fields})


def choose(client, password=OWN):
    return client.post("/password/choose", {"new_password": password})


def by_api(client, temporary=None, new=OWN, **more):
    body = {
        "email": EVA,
        "temporary_password": temporary or temporary_password_of(EVA),
        "new_password": new,
        **more,
    }
    return client.post("/api/v1/auth/login-temporary", body, content_type="application/json")


def code_of(answer):
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_nobody_is_in_before_an_own_password_is_chosen(client, user):
    assert sign_in(client)["Location"] == "/password/choose"
    assert get_user(client).is_anonymous
    assert client.get("/password/choose").status_code == 200
    assert client.get("/me/")["Location"].startswith("/login")
    assert get_user(client).is_anonymous


def test_the_own_password_lets_in_and_leads_where_one_wanted_to_go(client, user):
    sign_in(client, next="/me/?page=2")
    assert choose(client)["Location"] == "/me/?page=2"
    assert get_user(client) == user
    user.refresh_from_db()
    assert user.temporary_password_until is None
    assert user.check_password(OWN)


def test_a_temporary_password_is_good_once(client, user):
    password = temporary_password_of(EVA)
    sign_in(client)
    choose(client)
    client.logout()
    assert "error-summary" in sign_in(client, password).content.decode()
    assert sign_in(client, OWN)["Location"] == "/home"


def test_leaving_the_page_spends_nothing(client, user):
    sign_in(client)
    client.get("/")
    assert sign_in(client)["Location"] == "/password/choose"
    assert choose(client)["Location"] == "/home"


@pytest.mark.parametrize("bad", ["short", "12345678", "password", EVA, ""])
def test_a_bad_password_is_not_taken(client, user, bad):
    sign_in(client)
    assert "error-summary" in choose(client, bad).content.decode()
    assert get_user(client).is_anonymous
    assert choose(client)["Location"] == "/home"


def test_the_temporary_one_again_is_not_taken(client, user):
    sign_in(client)
    assert "error-summary" in choose(client, temporary_password_of(EVA)).content.decode()
    user.refresh_from_db()
    assert user.temporary_password_until is not None


def test_after_a_day_it_is_a_wrong_password(client, user):
    password = temporary_password_of(EVA)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        assert "error-summary" in sign_in(client, password).content.decode()
        assert code_of(by_api(client, password)) == (401, "invalid_credentials")


def test_whoever_opened_the_page_in_time_must_also_choose_in_time(client, user):
    sign_in(client)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        assert choose(client)["Location"] == "/login"
    assert get_user(client).is_anonymous
    user.refresh_from_db()
    assert not user.check_password(OWN)


def test_a_newer_one_ends_the_page_that_the_older_one_opened(client, user, it_admin):
    sign_in(client)
    services.issue_temporary_password(user_id=user.pk, by=it_admin)
    assert choose(client)["Location"] == "/login"
    user.refresh_from_db()
    assert not user.check_password(OWN)


def test_a_deactivated_person_chooses_nothing(client, user, it_admin):
    sign_in(client)
    services.set_active(user_id=user.pk, active=False, by=it_admin)
    assert choose(client)["Location"] == "/login"
    assert get_user(client).is_anonymous


def test_the_page_opens_for_nobody_else(client):
    assert client.get("/password/choose")["Location"] == "/login"
    assert choose(client)["Location"] == "/login"
    client.force_login(people.user())
    assert client.get("/password/choose")["Location"] == "/home"


def test_issuing_one_ends_the_old_password_and_every_session(client, it_admin):
    user = people.user(email=EVA)
    client.force_login(user)
    token = client.post(
        "/api/v1/auth/login", {"email": EVA, "password": people.PASSWORD}, content_type="application/json"
    ).json()["access"]
    services.issue_temporary_password(user_id=user.pk, by=it_admin)
    assert client.get("/me/").status_code == 302
    me = client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert me.status_code == 401
    assert "error-summary" in sign_in(client, people.PASSWORD).content.decode()


def test_an_own_password_by_the_reset_link_takes_its_place(client, user):
    client.post("/password/forgot", {"email": EVA})
    path = client.get(link_to(EVA, "/password/reset/"))["Location"]
    client.post(path, {"password1": OWN, "password2": OWN})
    user.refresh_from_db()
    assert user.temporary_password_until is None
    assert sign_in(client, OWN)["Location"] == "/home"


def test_using_it_confirms_the_address(client, user):
    EmailAddress.objects.update(verified=False)
    sign_in(client)
    assert choose(client)["Location"] == "/home"
    assert EmailAddress.objects.get(email=EVA).verified


def test_the_second_factor_is_asked_for_all_the_same(client, user):
    people.give_second_factor(user)
    sign_in(client)
    assert choose(client)["Location"] == "/login/code"
    assert get_user(client).is_anonymous


def test_an_app_chooses_and_is_in(client, user):
    answer = by_api(client)
    assert answer.status_code == 200
    assert set(answer.json()) == {"access", "refresh", "user"}
    me = client.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {answer.json()['access']}"})
    assert me.json()["email"] == EVA


def test_the_usual_sign_in_of_apps_says_what_to_do(client, user):
    body = {"email": EVA, "password": temporary_password_of(EVA)}
    answer = client.post("/api/v1/auth/login", body, content_type="application/json")
    assert code_of(answer) == (403, "password_change_required")
    assert not Session.objects.exists()


def test_an_app_with_a_second_factor_says_its_code_too_and_a_wrong_one_spends_nothing(client, user):
    people.give_second_factor(user)
    assert code_of(by_api(client)) == (401, "second_factor_required")
    assert code_of(by_api(client, code="000000x")) == (401, "invalid_code")
    assert by_api(client, code=people.code_now()).status_code == 200


@pytest.mark.parametrize("new", ["short", EVA])
def test_apps_are_told_what_is_wrong_with_the_new_one(client, user, new):
    answer = by_api(client, new=new)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "new_password"
    assert by_api(client).status_code == 200


def test_apps_cannot_change_an_own_password_this_way(client):
    user = people.user(email=EVA)
    assert code_of(by_api(client, people.PASSWORD)) == (400, "not_temporary")
    assert code_of(by_api(client, "wrong")) == (401, "invalid_credentials")
    user.refresh_from_db()
    assert user.check_password(people.PASSWORD)


def test_guessing_is_locked_out(client, user):
    answers = [by_api(client, "wrong").status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    assert by_api(client).status_code == 429


def test_nobody_sends_one_to_themselves_to_nobody_or_to_a_closed_account(it_admin):
    gone = people.user()
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for user_id, error in ((it_admin.pk, "own_account"), (gone.pk, "account_inactive")):
        with pytest.raises(Refused) as refusal:
            services.issue_temporary_password(user_id=user_id, by=it_admin)
        assert refusal.value.code == error
    with pytest.raises(Missing):
        services.issue_temporary_password(user_id="00000000-0000-4000-8000-000000000000", by=it_admin)
    assert kinds_to(gone.email) == []
