"""What people say of themselves, on the page and over the API."""

from __future__ import annotations

import pytest

from accounts.models import Professional, Role, Specialty, User
from accounts.tests import people

pytestmark = pytest.mark.django_db
URL = "/api/v1/me/profile"


@pytest.fixture
def user():
    return people.user(name="Eva Ruiz", language="en")


@pytest.fixture
def practice():
    return people.professional(user=people.user(Role.PROFESSIONAL, name="Ana Ruiz", language="en"))


def signed_in(client, user):
    client.force_login(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def send(client, body, method="patch"):
    return getattr(client, method)(URL, body, content_type="application/json")


def error(answer):
    found = answer.json()["errors"][0]
    return answer.status_code, found["code"], found["attr"]


@pytest.mark.parametrize("role", list(Role))
def test_everybody_has_an_account_page(client, role):
    assert signed_in(client, people.user(role, language="en")).get("/account/").status_code == 200


def test_a_professional_is_led_back_to_the_practice(client, practice):
    page = signed_in(client, practice.user).get("/account/").content.decode()
    assert 'href="/home"' in page
    assert 'href="/doctor/profile/"' in page
    assert 'class="logo" href="/doctor/"' in page


def test_name_language_and_time_zone_are_changed(client, user):
    answer = signed_in(client, user).post(
        "/account/", {"name": " Eva   María ", "language": "es", "timezone": "Europe/Madrid"}
    )
    assert answer["Location"] == "/account/"
    user.refresh_from_db()
    assert (user.name, user.language, user.timezone) == ("Eva María", "es", "Europe/Madrid")
    assert (
        "Su cuenta" in client.get("/account/").content.decode()
        or '<html lang="es"' in client.get("/account/").content.decode()
    ), "the pages speak it at once"


@pytest.mark.parametrize(
    "typed",
    [
        {"name": ""},
        {"name": "x" * 121},
        {"name": "Win at www.casino.example"},
        {"language": "xx"},
        {"timezone": "Mars/Base"},
    ],
)
def test_what_cannot_be_is_said_at_its_field(client, user, typed):
    whole = {"name": "Eva", "language": "en", "timezone": ""} | typed
    answer = signed_in(client, user).post("/account/", whole)
    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == typed.keys()
    user.refresh_from_db()
    assert user.name == "Eva Ruiz"


def test_what_is_typed_is_shown_as_text(client, user):
    user.name = "<img src=x onerror=alert(1)>"
    user.save()
    assert "<img src=x" not in signed_in(client, user).get("/account/").content.decode()


def test_the_api_tells_and_changes_the_account(client, user):
    before = signed_in(client, user).get(URL).json()
    assert before == {
        "id": str(user.pk),
        "email": user.email,
        "role": "patient",
        "name": "Eva Ruiz",
        "language": "en",
        "timezone": "",
        "professional": None,
    }
    after = send(client, {"name": "Eva M.", "timezone": "Europe/Madrid"}).json()
    assert after == before | {"name": "Eva M.", "timezone": "Europe/Madrid"}
    assert send(client, {"timezone": ""}, "put").json() == after | {"timezone": ""}


def test_nobody_gives_themselves_more(client, practice):
    before = User.objects.values().get(pk=practice.user_id), Professional.objects.values().get(pk=practice.pk)
    body = {
        "id": "1",
        "email": "other@people.test",
        "role": "it_admin",
        "is_staff": True,
        "is_superuser": True,
        "is_active": False,
        "password": "x",
        "professional": {
            "id": "1",
            "slug": "the-best",
            "user": "1",
            "approved": True,
            "approved_at": "2020-01-01T00:00:00Z",
            "photo_url": "https://evil.example/x.png",
        },
    }
    Professional.objects.update(approved_at=None)
    answer = send(signed_in(client, practice.user), body)
    assert answer.status_code == 200
    assert answer.json()["professional"]["approved"] is False
    assert answer.json()["role"] == "professional"
    after = User.objects.values().get(pk=practice.user_id), Professional.objects.values().get(pk=practice.pk)
    assert after[0] | {"last_login": None} == before[0] | {"last_login": None}
    assert after[1] == before[1] | {"approved_at": None}


def test_a_professional_writes_the_public_page(client, practice):
    Specialty.objects.get_or_create(
        slug="psychology", defaults={"name_es": "Psicología", "name_en": "Psychology"}
    )
    changes = {
        "name": "Lic. Ana Ruiz",
        "licence": "RM 1",
        "bio": "Two\nlines",
        "city": "Lima",
        "country": "PE",
        "address": "Calle 1",
        "languages": ["es", "pt"],
        "timezone": "America/Lima",
        "is_listed": False,
    }
    answer = send(
        signed_in(client, practice.user), {"professional": changes | {"specialties": ["psychology"]}}
    )
    got = answer.json()["professional"]
    assert {name: got[name] for name in changes} == changes
    assert [specialty["slug"] for specialty in got["specialties"]] == ["psychology"]
    practice.refresh_from_db()
    assert practice.timezone == "America/Lima"


@pytest.mark.parametrize(
    "changes, wanted",
    [
        ({"country": "XX"}, "unknown_country"),
        ({"languages": ["klingon"]}, "unknown_language"),
        ({"name": "Win at www.casino.example"}, "link_in_name"),
        ({"timezone": "Mars/Base"}, "unknown_zone"),
        ({"bio": "x" * 2001}, "max_length"),
        ({"specialties": ["magic"]}, "does_not_exist"),
        ({"name": ""}, "blank"),
    ],
)
def test_what_cannot_be_of_a_practice_changes_nothing(client, practice, changes, wanted):
    body = {"name": "Changed", "professional": changes}
    status, code, attr = error(send(signed_in(client, practice.user), body))
    assert (status, code) == (400, wanted)
    assert attr.startswith(f"professional.{next(iter(changes))}")
    practice.user.refresh_from_db()
    assert practice.user.name == "Ana Ruiz", "both or nothing"


def test_others_have_no_practice_to_write(client, user):
    answer = send(signed_in(client, user), {"professional": {"name": "Dr. Eva"}})
    assert error(answer) == (400, "wrong_role", "professional")
