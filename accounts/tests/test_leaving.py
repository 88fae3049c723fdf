"""An account is deactivated or deleted: who is out, what is forgotten, who cannot go."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from accounts import services
from accounts.models import Leaving, Patient, Professional, ProfessionalPhoto, RegistrationToken, Role, User
from accounts.services import leaving
from accounts.tests import people
from core.errors import DomainError

pytestmark = pytest.mark.django_db
LUZ = "luz.unmistakable@people.test"
NAME = "Luz Inconfundible"
# What may still refer to whoever deleted their account: what happened, not who it was.
STAYS = {"accounts.professional.user", "accounts.registrationtoken.used_by"}


@contextmanager
def refused(code):
    with pytest.raises(DomainError) as refusal:
        yield
    assert refusal.value.code == code


def signed_in(client, user):
    client.force_login(user, backend="accounts.backends.AccountBackend")
    client.get("/account/")


def leave(client, way, password=people.PASSWORD):
    return client.post("/account/close", {"way": way, "password": password})


def sweep():
    while Leaving.objects.exists():
        Leaving.objects.update(due_at=timezone.now())
        leaving.carry_on()


def somebody_with_everything(role=Role.PROFESSIONAL):
    """Rows in every table that knows of users."""
    user = people.user(role, email=LUZ, name=NAME, two_step=True)
    user.groups.add(Group.objects.create(name="some"))
    account = SocialAccount.objects.create(user=user, provider="google", uid="1", extra_data={"email": LUZ})
    SocialToken.objects.create(account=account, token="secret")
    practice = people.professional(NAME, user=user, bio="About me", address="My street 1")
    ProfessionalPhoto.objects.create(professional=practice, content=b"x", digest="x")
    RegistrationToken.objects.create(
        email=LUZ, expires_at=timezone.now(), used_at=timezone.now(), used_by=user
    )
    LogEntry.objects.create(
        user=people.user(Role.IT_ADMIN),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=str(user),
        action_flag=CHANGE,
        change_message="",
    )
    record = people.patient(people.professional("Otro"), email=LUZ)
    record.user = user
    record.save()
    return user


def test_what_is_left_of_a_deleted_account(client):
    user = somebody_with_everything()
    signed_in(client, user)
    services.close_account(user_id=user.pk)
    sweep()
    user.refresh_from_db()
    assert (user.is_active, user.name, user.email) == (False, "", f"{user.pk.hex}@closed.invalid")
    assert user.closed_at is not None
    assert not user.has_usable_password()
    practice = Professional.objects.get(user=user)
    assert (practice.name, practice.is_listed, practice.bio, practice.address) == (NAME, False, "", "")
    assert rows_of(user) == STAYS
    assert Patient.objects.get().user is None


def rows_of(user):
    """Every relation of every model that leads to this account."""
    found = set()
    for model in _all_models():
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            if field.related_model is User and model.objects.filter(**{field.name: user}).exists():
                found.add(f"{model._meta.label_lower}.{field.name}")
    return found


def _all_models():
    return [model for model in apps.get_models() if not model._meta.proxy and model._meta.managed]


def test_the_walk_sees_what_there_was():
    """The test before this one is worth something only where there are rows."""
    user = somebody_with_everything()
    assert {
        "account.emailaddress.user",
        "mfa.authenticator.user",
        "socialaccount.socialaccount.user",
    } < rows_of(user)


def test_no_table_knows_the_address_any_more(client):
    """By SQL, over every column that holds text."""
    user = somebody_with_everything()
    signed_in(client, user)
    assert "accounts_user.email" in columns_with(LUZ)
    services.close_account(user_id=user.pk)
    sweep()
    assert columns_with(LUZ) == set()
    assert columns_with(NAME) == {"accounts_professional.name"}


def columns_with(text):
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY')"
        )
        for table, column in cursor.fetchall():
            sought = f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE %s LIMIT 1'
            cursor.execute(sought, [f"%{text}%"])
            if cursor.fetchone():
                found.add(f"{table}.{column}")
    return found


def test_every_way_in_is_shut_at_once(client):
    user = people.user(email=LUZ)
    client.post("/login", {"login": LUZ, "password": people.PASSWORD})
    people.give_second_factor(user)
    assert UserSession.objects.filter(user=user).exists()
    services.close_account(user_id=user.pk)
    for model in (UserSession, Session, Authenticator, EmailAddress):
        assert not model.objects.exists()
    assert client.get("/account/").status_code == 302


def test_the_address_is_free_for_a_new_account():
    practice, first = people.professional(), people.user(email=LUZ)
    record = people.patient(practice, email=LUZ, user=first)
    services.close_account(user_id=first.pk)
    second = people.user(email=LUZ)
    sweep()
    services.claim_records(user=second)
    record.refresh_from_db()
    assert record.user == second


def test_whoever_deactivated_the_account_reads_how_to_come_back(client):
    user = people.user(email=LUZ)
    signed_in(client, user)
    page = client.get("/account/close").content.decode()
    assert "Deactivated" in page or "desactiv" in page.lower()
    assert leave(client, "deactivate")["Location"] == "/account/deactivated"
    assert client.get("/account/deactivated").status_code == 200
    answer = client.post(
        "/api/v1/auth/login",
        {"email": LUZ, "password": people.PASSWORD},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "account_inactive")
    assert client.post("/login", {"login": LUZ, "password": people.PASSWORD})["Location"] == "/login/inactive"
    services.set_active(user_id=user.pk, active=True, by=people.user(Role.IT_ADMIN))
    assert client.post("/login", {"login": LUZ, "password": people.PASSWORD})["Location"] == "/home"


@pytest.mark.parametrize("way", ["deactivate", "close"])
@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_leave_by_their_password_on_pages(client, role, way):
    user = people.user(role)
    people.user(Role.IT_ADMIN)
    signed_in(client, user)
    refused = leave(client, way, "wrong")
    assert refused.status_code == 400
    user.refresh_from_db()
    assert user.is_active
    assert leave(client, way).status_code == 302
    user.refresh_from_db()
    assert (user.is_active, user.closed_at is not None) == (False, way == "close")
    assert client.get("/account/")["Location"].startswith("/login")


@pytest.mark.parametrize("path", ["deactivate", "close"])
def test_and_by_the_api(client, path):
    user = people.user()
    tokens = client.post(
        "/api/v1/auth/login",
        {"email": user.email, "password": people.PASSWORD},
        content_type="application/json",
    ).json()
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {tokens['access']}"}

    def post(**body):
        return client.post(f"/api/v1/me/{path}", body, content_type="application/json", **bearer)

    assert client.get("/api/v1/me/close", **bearer).json() == {"consequences": [], "hindrance": None}
    assert post().json()["errors"][0]["attr"] == "password"
    wrong = post(password="wrong").json()["errors"][0]
    assert (wrong["code"], wrong["attr"]) == ("wrong_password", "password")
    assert post(password=people.PASSWORD).status_code == 204
    assert client.get("/api/v1/auth/me", **bearer).status_code == 401
    user.refresh_from_db()
    assert (user.is_active, user.closed_at is not None) == (False, path == "close")


def test_who_signs_in_with_google_alone_chooses_a_password_first(client):
    user = people.user(password=None)
    signed_in(client, user)
    assert 'name="password"' not in client.get("/account/close").content.decode()
    leave(client, "close")
    user.refresh_from_db()
    assert user.is_active


def test_the_last_of_it_administration_stays(client):
    admin = people.user(Role.IT_ADMIN)
    for verb in (
        lambda: services.close_account(user_id=admin.pk),
        lambda: services.deactivate(user_id=admin.pk, by=admin),
    ):
        with refused("last_it_admin"):
            verb()
    signed_in(client, admin)
    assert 'name="password"' not in client.get("/account/close").content.decode()
    other = people.user(Role.IT_ADMIN)
    services.close_account(user_id=other.pk)
    with refused("last_it_admin"):
        services.close_account(user_id=admin.pk)


def test_a_deleted_account_is_not_opened_again():
    user, admin = people.user(), people.user(Role.IT_ADMIN)
    services.close_account(user_id=user.pk)
    services.close_account(user_id=user.pk)
    with refused("account_closed"):
        services.set_active(user_id=user.pk, active=True, by=admin)


def test_a_guess_is_one_of_few(client):
    user = people.user()
    signed_in(client, user)
    answers = [leave(client, "close", f"wrong{n}").content.decode() for n in range(25)]
    last = leave(client, "close")
    assert last.status_code == 400
    user.refresh_from_db()
    assert user.is_active
    assert answers
