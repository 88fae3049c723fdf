"""What IT does in the admin to let professionals and colleagues in."""

from __future__ import annotations

import re

import pytest

from accounts.models import Professional, RegistrationToken, Role, User
from accounts.tests import people
from accounts.tests.letters import kinds_to, letters_to

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"
PROFESSIONALS = "/admin/accounts/professional/"
TOKENS = "/admin/accounts/registrationtoken/"
EVA = "eva@people.test"


@pytest.fixture
def it_admin(client):
    admin = people.user(Role.IT_ADMIN)
    client.force_login(admin)
    return admin


def act(client, address, action, *rows):
    body = {"action": action, "_selected_action": [str(row.pk) for row in rows], "_confirmed": "1"}
    return client.post(address, body, follow=True)


def test_an_invitation_is_sent_to_the_address_it_is_for(client, it_admin):
    page = client.post(f"{TOKENS}add/", {"email": EVA}, follow=True).content.decode()
    assert kinds_to(EVA) == ["invitation"]
    assert "/join/" not in page
    assert f"va en camino a {EVA}" in page
    token = RegistrationToken.objects.get()
    assert (token.email, token.issued_by) == (EVA, it_admin)
    assert client.get(TOKENS).status_code == client.get(f"{TOKENS}{token.pk}/change/").status_code == 200


def test_one_for_anybody_is_shown_once_and_works(client, it_admin):
    page = client.post(f"{TOKENS}add/", {"email": ""}).content.decode()
    path = re.search(r'value="http://localhost(/join/[^"]+)"', page)[1]
    for later in (TOKENS, f"{TOKENS}{RegistrationToken.objects.get().pk}/change/"):
        assert "/join/" not in client.get(later).content.decode()
    client.logout()
    assert client.get(path).status_code == 200


def test_a_withdrawn_one_works_no_more(client, it_admin):
    page = client.post(f"{TOKENS}add/", {"email": ""}).content.decode()
    path = re.search(r'value="http://localhost(/join/[^"]+)"', page)[1]
    act(client, TOKENS, "withdraw", RegistrationToken.objects.get())
    client.logout()
    assert client.get(path).status_code == 410


def test_nobody_is_invited_twice(client, it_admin):
    people.user(email=EVA)
    assert client.post(f"{TOKENS}add/", {"email": EVA.upper()}).status_code == 200
    assert not RegistrationToken.objects.exists()


def test_a_colleague_gets_an_account_with_a_temporary_password(client, it_admin):
    body = {"email": EVA, "name": "Eva", "role": "medical_admin", "language": "en", "is_superuser": "on"}
    client.post(f"{USERS}add/", body)
    user = User.objects.get(email=EVA)
    assert (user.role, user.is_staff, user.is_superuser) == (Role.MEDICAL_ADMIN, True, False)
    assert user.temporary_password_until is not None
    assert kinds_to(EVA) == ["temporary_password"]
    assert letters_to(EVA)[0].language == "en"


def test_a_professional_gets_a_practice_too(client, it_admin):
    body = {"email": EVA, "name": "Eva Luna", "role": "professional", "language": "es"}
    assert client.post(f"{USERS}add/", body).status_code == 200, "the time zone is missing"
    client.post(f"{USERS}add/", body | {"timezone": "Europe/Madrid"})
    practice = Professional.objects.get()
    assert (practice.slug, practice.timezone) == ("eva-luna", "Europe/Madrid")
    assert practice.approved_at is not None
    assert practice.policy.horizon_days == 60, "with the usual rules"


@pytest.mark.parametrize(
    "wrong", [{"role": "patient"}, {"email": "it@people.test"}, {"email": "x"}, {"name": ""}]
)
def test_what_is_wrong_is_said_in_the_form(client, it_admin, wrong):
    people.user(email="it@people.test")
    before = User.objects.count()
    body = {"email": EVA, "name": "Eva", "role": "agent", "language": "es"} | wrong
    assert client.post(f"{USERS}add/", body).status_code == 200
    assert User.objects.count() == before


def test_a_temporary_password_is_sent_but_never_to_oneself(client, it_admin):
    user = people.user(email=EVA)
    page = act(client, USERS, "send_temporary_password", user, it_admin)
    assert page.status_code == 200, "whoever sends is still signed in"
    assert kinds_to(EVA) == ["temporary_password"]
    assert kinds_to(it_admin.email) == []
    user.refresh_from_db()
    assert user.temporary_password_until is not None


def test_an_approved_professional_is_found_and_told(client, it_admin):
    practice = people.professional(approved=False)
    url = f"/p/{practice.slug}/"
    assert client.get(url).status_code == 404
    act(client, PROFESSIONALS, "approve", practice)
    act(client, PROFESSIONALS, "approve", practice)
    assert client.get(url).status_code == 200
    assert kinds_to(practice.user.email) == ["approved"]


def test_professionals_who_wait_can_be_listed(client, it_admin):
    people.professional("Waiting One", approved=False)
    people.professional("Open One")
    page = client.get(PROFESSIONALS, {"state": "waiting"}).content.decode()
    assert "Waiting One" in page and "Open One" not in page


@pytest.mark.parametrize("role", [Role.MEDICAL_ADMIN, Role.AGENT, Role.PROFESSIONAL, Role.PATIENT, None])
def test_nobody_else_lets_anybody_in(client, role):
    if role:
        client.force_login(people.user(role))
    user, practice = people.user(email=EVA), people.professional(approved=False)
    before = User.objects.count()
    body = {"email": "new@people.test", "name": "New", "role": "it_admin", "language": "es"}
    client.post(f"{USERS}add/", body)
    client.post(f"{TOKENS}add/", {"email": ""})
    act(client, USERS, "send_temporary_password", user)
    act(client, PROFESSIONALS, "approve", practice)
    practice.refresh_from_db()
    assert practice.approved_at is None
    assert User.objects.count() == before
    assert not RegistrationToken.objects.exists()
    assert kinds_to(EVA) == []
