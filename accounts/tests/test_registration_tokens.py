"""Private registration: by a token that IT issued, once, on the page and by the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.utils import timezone

from accounts import services
from accounts.models import Professional, RegistrationToken, Role, Specialty, User
from accounts.tests import people
from accounts.tests.letters import kinds_to, letters_to, link_to, temporary_password_of
from core.errors import Refused

pytestmark = pytest.mark.django_db
EVA = "eva@people.test"
URL = "/api/v1/auth/register-medical-professional"
OWN = "a-password-of-my-own"


@pytest.fixture
def it_admin():
    return people.user(Role.IT_ADMIN, timezone="America/Bogota")


@pytest.fixture
def token(it_admin):
    return services.issue_registration_token(by=it_admin).token


def register(client, token, **changes):
    body = {
        "email": EVA,
        "full_name": "Dra. Eva Luna",
        "license_number": "MED-12345",
        "specialty": "Cardiología",
        "registration_token": token,
    }
    return client.post(URL, body | changes, content_type="application/json")


def code_of(answer):
    error = answer.json()["errors"][0]
    return answer.status_code, error["code"], error["attr"]


def test_the_professional_gets_a_practice_and_a_temporary_password(client, token):
    assert register(client, token).status_code == 202
    practice = Professional.objects.get()
    assert (practice.name, practice.licence, practice.timezone) == (
        "Dra. Eva Luna",
        "MED-12345",
        "America/Bogota",
    )
    assert [specialty.name_es for specialty in practice.specialties.all()] == ["Cardiología"]
    assert practice.approved_at is not None, "IT vouched for them"
    assert (practice.user.email, practice.user.role) == (EVA, Role.PROFESSIONAL)
    assert kinds_to(EVA) == ["temporary_password"]
    row = RegistrationToken.objects.get()
    assert row.used_at is not None and row.used_by == practice.user

    first = {"email": EVA, "temporary_password": temporary_password_of(EVA), "new_password": OWN}
    answer = client.post("/api/v1/auth/login-temporary", first, content_type="application/json")
    assert answer.json()["user"]["professional_id"] == str(practice.pk)


def test_on_the_page(client, it_admin):
    services.issue_registration_token(by=it_admin, email="Eva@People.test", language="en")
    assert (kinds_to(EVA), letters_to(EVA)[0].language) == (["invitation"], "en")
    path = link_to(EVA, "/join/")
    assert EVA in client.get(path).content.decode()
    details = {
        "name": "Eva Luna",
        "licence": "RM 1",
        "timezone": "Europe/Madrid",
        "email": "other@people.test",
    }
    page = client.post(path, details)
    assert EVA in page.content.decode()
    assert kinds_to(EVA) == ["temporary_password", "invitation"], "the address of the invitation, not another"
    assert client.get(path).status_code == 410
    answer = client.post("/login", {"login": EVA, "password": temporary_password_of(EVA)})
    assert answer["Location"] == "/password/choose"
    client.post("/password/choose", {"new_password": OWN})
    assert client.get("/home")["Location"] == "/doctor/"


def test_the_page_says_what_is_missing_and_spends_nothing(client, token):
    page = client.post(f"/join/{token}", {"name": "Eva <b>", "email": EVA})
    words = page.content.decode()
    assert "error-summary" in words and "Eva &lt;b&gt;" in words
    assert register(client, token).status_code == 202


def test_a_token_is_good_once(client, token):
    register(client, token)
    again = register(client, token, email="ada@people.test")
    assert code_of(again) == (400, "registration_token_used", "registration_token")
    assert not User.objects.filter(email="ada@people.test").exists()


def test_a_known_address_spends_it_too_and_nothing_is_told(client, token):
    people.user(email=EVA)
    assert register(client, token).status_code == 202
    assert kinds_to(EVA) == ["account_already_exists"]
    assert not Professional.objects.exists()
    assert code_of(register(client, token, email="ada@people.test"))[1] == "registration_token_used"


def test_one_for_an_address_is_for_no_other(client, it_admin):
    token = services.issue_registration_token(by=it_admin, email="ada@people.test").token
    assert code_of(register(client, token)) == (400, "registration_token_email", "email")
    assert register(client, token, email="ADA@people.test").status_code == 202


def test_an_old_one_and_a_withdrawn_one_open_nothing(client, it_admin, token):
    other = services.issue_registration_token(by=it_admin)
    services.withdraw_registration_token(token_id=other.row.pk)
    assert code_of(register(client, other.token))[1] == "registration_token_expired"
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert code_of(register(client, token))[1] == "registration_token_expired"
        assert client.get(f"/join/{token}").status_code == 410


@pytest.mark.parametrize(
    "forged",
    ["nonsense", "a:b:c", "", "x" * 500, "\x00", signing.dumps("x", salt="x")],
    ids=["nonsense", "no signature", "empty", "long", "zero", "of something else"],
)
def test_forged_ones_open_nothing(client, token, forged):
    assert register(client, forged).status_code == 400
    assert register(client, token[:-1] + ("A" if token[-1] != "A" else "B")).status_code == 400
    assert not Professional.objects.exists()


def test_a_signature_of_something_else_opens_nothing(client, token):
    row = RegistrationToken.objects.get()
    assert code_of(register(client, signing.dumps(str(row.pk))))[1] == "invalid_registration_token"
    key = signing.dumps(str(row.pk), salt="another")
    assert client.get(f"/join/{key}").status_code == 410


def test_what_was_refused_leaves_the_token_and_nothing_else(client, token):
    for wrong in ({"timezone": "Mars/Base"}, {"country": "XX"}, {"email": "nobody"}, {"license_number": ""}):
        assert register(client, token, **wrong).status_code == 400
    assert not Professional.objects.exists()
    assert register(client, token).status_code == 202


def test_it_issues_none_for_somebody_who_is_there_already(it_admin):
    people.user(email=EVA)
    with pytest.raises(Refused) as refusal:
        services.issue_registration_token(by=it_admin, email=EVA)
    assert refusal.value.code == "email_taken"


@pytest.mark.parametrize("words", ["cardiologia", "CARDIOLOGÍA", "Cardiology", "cardiology"])
def test_a_specialty_is_found_as_people_write_it(client, token, words):
    Specialty.objects.update_or_create(
        slug="cardiology", defaults={"name_es": "Cardiología", "name_en": "Cardiology"}
    )
    register(client, token, specialty=words)
    assert Professional.objects.get().specialties.get().slug == "cardiology"


def test_a_specialty_that_nobody_has_yet_is_added(client, token):
    register(client, token, specialty="Medicina del sueño")
    assert Professional.objects.get().specialties.get().slug == "medicina-del-sueno"
