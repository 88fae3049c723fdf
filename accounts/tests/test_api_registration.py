"""Registering by the API: the same answer for every address."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from accounts.models import Professional, Role, Specialty, User
from accounts.tests import people
from accounts.tests.letters import kinds_to, letters_to, link_to

pytestmark = pytest.mark.django_db
EVA = "eva@people.test"
PATIENT = {"role": "patient", "email": EVA, "password": people.PASSWORD, "name": "Eva Luna"}
PROFESSIONAL = PATIENT | {"role": "professional", "timezone": "America/Bogota"}


def call(client, action, body, **options):
    return client.post(f"/api/v1/auth/{action}", body, content_type="application/json", **options)


def key_for(address):
    return link_to(address, "/email/confirm/").rpartition("/")[2]


def log_in(client):
    return call(client, "login", {"email": EVA, "password": people.PASSWORD})


def codes(answer):
    return answer.status_code, [(error["code"], error["attr"]) for error in answer.json()["errors"]]


def test_a_patient_registers_confirms_and_signs_in(client):
    answer = call(client, "register", PATIENT | {"language": "en", "timezone": "Europe/Madrid"})
    assert (answer.status_code, answer.content) == (202, b"")
    assert codes(log_in(client)) == (401, [("email_not_verified", None)])
    body = {"key": key_for(EVA), "password": people.PASSWORD}
    answer = call(client, "verify-email", body)
    assert (answer.status_code, dict(answer.cookies)) == (204, {})
    user = log_in(client).json()["user"]
    assert (user["role"], user["language"], user["timezone"]) == ("patient", "en", "Europe/Madrid")


def test_a_professional_registers_with_a_practice(client, settings):
    settings.PROFESSIONALS_NEED_APPROVAL = True
    Specialty.objects.update_or_create(slug="heart", defaults={"name_es": "Corazón", "name_en": "Heart"})
    more = {"specialties": ["heart"], "licence": "RM 1", "city": "Cali", "country": "co"}
    assert call(client, "register", PROFESSIONAL | more).status_code == 202
    practice = Professional.objects.get()
    assert (practice.name, practice.licence, practice.city, practice.country, practice.timezone) == (
        "Eva Luna",
        "RM 1",
        "Cali",
        "CO",
        "America/Bogota",
    )
    assert [one.slug for one in practice.specialties.all()] == ["heart"]
    assert practice.approved_at is None


@pytest.mark.parametrize("action", ["register", "resend-verification"])
def test_known_and_unknown_addresses_answer_the_same(client, action):
    people.user(email=EVA)
    body = PATIENT if action == "register" else {"email": EVA}
    known, unknown = (call(client, action, body | {"email": email}) for email in (EVA, "ada@people.test"))
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (202, b"")
    assert kinds_to(EVA) == ["account_already_exists"]
    assert len(letters_to("ada@people.test")) == 1


def test_who_lost_the_letter_gets_another_and_strangers_are_told_there_is_nothing(client):
    people.user(email=EVA, verified=False)
    for email in (EVA.upper(), "ada@people.test"):
        assert call(client, "resend-verification", {"email": email}).status_code == 202
    assert kinds_to(EVA) == ["email_confirmation"]
    assert kinds_to("ada@people.test") == ["not_registered"]


@pytest.mark.parametrize("role", ["agent", "medical_admin", "it_admin", "superuser", "", None])
def test_nobody_registers_as_staff(client, role):
    assert call(client, "register", PROFESSIONAL | {"role": role}).status_code == 400
    assert not User.objects.exists()


def test_fields_that_are_not_asked_for_change_nothing(client):
    call(client, "register", PATIENT | {"is_staff": True, "is_superuser": True, "id": 1, "verified": True})
    user = User.objects.get()
    assert (user.role, user.is_staff, user.is_superuser) == (Role.PATIENT, False, False)
    assert not EmailAddress.objects.get().verified


@pytest.mark.parametrize(
    ("wrong", "attr"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a\x00b@people.test"}, "email"),
        ({"email": "x" * 250 + "@people.test"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "12345678"}, "password"),
        ({"password": EVA}, "password"),
        ({"password": "x" * 257}, "password"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"timezone": None}, "timezone"),
        ({"country": "XX"}, "country"),
        ({"language": "fr"}, "language"),
        ({"specialties": ["no-such"]}, "specialties"),
    ],
)
def test_what_is_wrong_names_its_field_whoever_has_an_account(client, wrong, attr):
    people.user(email=EVA)
    for email in (EVA, "ada@people.test"):
        status, errors = codes(call(client, "register", PROFESSIONAL | {"email": email} | wrong))
        assert status == 400
        assert {name for _code, name in errors} == {attr}
    assert User.objects.count() == 1


def test_a_professional_needs_a_zone(client):
    body = PATIENT | {"role": "professional"}
    assert codes(call(client, "register", body)) == (400, [("required", "timezone")])


def test_a_key_without_the_password_confirms_nothing(client):
    call(client, "register", PATIENT)
    key = key_for(EVA)
    for body in ({"key": key}, {"key": key, "password": "wrong"}):
        assert call(client, "verify-email", body).status_code == 401
    assert not EmailAddress.objects.get().verified


@pytest.mark.parametrize("key", ["x", "MQ:1abc:none", "\x00"])
def test_a_broken_key_says_so(client, key):
    assert call(client, "verify-email", {"key": key}).status_code == 400


def test_a_key_confirms_once(client):
    call(client, "register", PATIENT)
    body = {"key": key_for(EVA), "password": people.PASSWORD}
    assert call(client, "verify-email", body).status_code == 204
    assert codes(call(client, "verify-email", body)) == (400, [("invalid_key", "key")])


def test_registrations_for_one_address_are_limited(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "100/m/ip,3/h/key"}
    answers = [call(client, "register", PATIENT).status_code for _ in range(4)]
    assert answers == [202, 202, 202, 429]
    assert call(client, "resend-verification", {"email": EVA}).status_code == 429
