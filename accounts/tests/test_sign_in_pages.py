from __future__ import annotations

import re

import pytest

from accounts.models import Role
from accounts.tests import people

pytestmark = pytest.mark.django_db

HOMES = [
    (Role.PATIENT, "/me/"),
    (Role.PROFESSIONAL, "/doctor/"),
    (Role.AGENT, "/account/"),
    (Role.MEDICAL_ADMIN, "/admin/"),
    (Role.IT_ADMIN, "/admin/"),
]


def sign_in(client, email, password=people.PASSWORD, **fields):
    return client.post("/login", {"login": email, "password": password, **fields})


@pytest.mark.parametrize(("role", "home"), HOMES)
def test_signing_in_leads_each_role_home(client, role, home):
    user = people.user(role)
    answer = sign_in(client, user.email.upper())
    if answer["Location"] == "/login/code":  # staff confirm who they are
        answer = client.post("/login/code", {"code": people.code_now()})
    assert (answer.status_code, answer["Location"]) == (302, "/home")
    assert client.get("/home")["Location"] == home


def test_home_asks_who_you_are(client):
    assert client.get("/home")["Location"] == "/login?next=/home"


def test_who_is_signed_in_is_led_home_from_the_sign_in_page(client):
    client.force_login(people.user())
    assert client.get("/login")["Location"] == "/home"


def test_a_wrong_password_says_so_and_keeps_what_was_typed(client):
    user = people.user(email="eva@people.test")
    answer = sign_in(client, user.email, "wrong")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="eva@people.test"' in page
    assert "error-summary" in page
    assert "wrong" not in page


def test_an_unknown_address_answers_like_a_wrong_password(client):
    people.user(email="eva@people.test")
    known = sign_in(client, "eva@people.test", "wrong").content.decode()
    unknown = sign_in(client, "ada@people.test", "wrong").content.decode()
    assert without_tokens(known) == without_tokens(unknown).replace("ada@", "eva@")


def without_tokens(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


@pytest.mark.parametrize("login", ["", "no address", "a\x00b@people.test", "x" * 5000 + "@people.test"])
def test_odd_input_is_an_error_in_the_form(client, login):
    answer = sign_in(client, login)
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()


def test_a_deactivated_account_does_not_come_in(client):
    user = people.user()
    user.is_active = False
    user.save()
    assert sign_in(client, user.email)["Location"] == "/login/inactive"
    assert client.get("/login/inactive").status_code == 200
    assert "_auth_user_id" not in client.session


def test_guessing_is_locked_out_even_with_the_right_password_after(client):
    user = people.user()
    for _ in range(5):
        sign_in(client, user.email, "wrong")
    assert sign_in(client, user.email).status_code == 429
    assert "_auth_user_id" not in client.session


def test_too_many_attempts_from_one_place_are_a_page_with_429(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip"}
    codes = [client.post("/login", {"login": "x", "password": "x"}).status_code for _ in range(4)]
    assert codes == [200] * 3 + [429]


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/b/some-link/", "/b/some-link/"),
        ("https://evil.example/", "/home"),
        ("//evil.example/", "/home"),
        ("https:evil.example", "/home"),
        ("javascript:alert(1)", "/home"),
        ("/\\evil.example", "/home"),
    ],
)
def test_next_leads_only_to_our_own_pages(client, wanted, led):
    assert sign_in(client, people.user().email, next=wanted)["Location"] == led


def test_a_device_without_a_language_speaks_the_persons_own(client):
    sign_in(client, people.user(language="en").email)
    assert client.cookies["django_language"].value == "en"


def test_signing_out_asks_once_and_ends_the_session(client):
    client.force_login(people.user())
    assert client.get("/logout").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/logout")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_a_broken_confirmation_link_says_so(client):
    assert client.get("/email/confirm/none:such:link").status_code == 410
