"""People register on the pages; what is known of an address is said in letters alone."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user

from accounts import services
from accounts.models import Professional, Role, User
from accounts.tests import people
from accounts.tests.letters import kinds_to, letters_to, link_to

pytestmark = pytest.mark.django_db
EVA = "eva@people.test"
PATIENT = {"name": "Eva Luna", "email": EVA, "password": people.PASSWORD}
PROFESSIONAL = PATIENT | {"timezone": "America/Bogota", "city": "Cali", "country": "CO", "licence": "RM 1"}


def sign_up(client, **changes):
    return client.post("/signup", PATIENT | changes)


def confirm(client, address=EVA, password=people.PASSWORD):
    return client.post(link_to(address, "/email/confirm/"), {"password": password})


def test_a_patient_registers_confirms_and_is_in(client):
    client.cookies["tz"] = "America/Lima"
    assert sign_up(client, email="Eva@People.test")["Location"] == "/email/confirm"
    user = User.objects.get()
    assert (user.email, user.name, user.role, user.timezone) == (
        EVA,
        "Eva Luna",
        Role.PATIENT,
        "America/Lima",
    )
    assert EVA in client.get("/email/confirm").content.decode().lower()
    assert kinds_to(EVA) == ["email_confirmation"]
    assert confirm(client)["Location"] == "/home"
    assert get_user(client) == user
    assert EmailAddress.objects.get().verified


def test_a_professional_gets_a_practice_with_its_rules_and_waits_for_approval(client, settings):
    settings.PROFESSIONALS_NEED_APPROVAL = True
    assert client.post("/signup/professional", PROFESSIONAL)["Location"] == "/email/confirm"
    practice = Professional.objects.get()
    assert (practice.user.role, practice.user.email) == (Role.PROFESSIONAL, EVA)
    assert (practice.name, practice.slug, practice.city, practice.country, practice.licence) == (
        "Eva Luna",
        "eva-luna",
        "Cali",
        "CO",
        "RM 1",
    )
    assert practice.approved_at is None
    assert practice.policy.horizon_days == 60, "with the usual rules"
    assert client.get("/p/eva-luna/").status_code == 404
    confirm(client)
    assert client.get("/home", follow=True).redirect_chain[-1][0] == "/doctor/"


def test_where_nobody_approves_a_professional_is_found_at_once(client, settings):
    settings.PROFESSIONALS_NEED_APPROVAL = False
    client.post("/signup/professional", PROFESSIONAL)
    assert client.get("/p/eva-luna/").status_code == 200


def test_before_the_address_is_confirmed_nobody_is_in(client):
    sign_up(client)
    answer = client.post("/login", {"login": EVA, "password": people.PASSWORD})
    assert answer["Location"] == "/email/confirm"
    assert get_user(client).is_anonymous
    assert client.get("/me/")["Location"].startswith("/login")


@pytest.mark.parametrize("page", ["/signup", "/signup/professional"])
def test_a_known_address_gets_the_same_answer_and_a_letter(client, page):
    owner = people.user(email=EVA, language="en")
    known = client.post(page, PROFESSIONAL)
    kept = client.get("/email/confirm").content.decode()
    client.logout()
    unknown = client.post(page, PROFESSIONAL | {"email": "ada@people.test"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert plain(kept) == plain(client.get("/email/confirm").content.decode()).replace("ada@", "eva@")
    assert kinds_to(EVA) == ["account_already_exists"]
    assert letters_to(EVA)[0].language == "en"
    owner.refresh_from_db()
    assert owner.check_password(people.PASSWORD) and owner.name == ""
    assert User.objects.count() == 2, "of what was done for the time's sake nothing stays"


def plain(page):
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_what_is_wrong_is_said_before_anybody_is_looked_for(client):
    people.user(email=EVA)
    pages = [sign_up(client, email=email, password="12345678") for email in (EVA, "ada@people.test")]
    assert [page.status_code for page in pages] == [200, 200]
    known, unknown = (plain(page.content.decode()) for page in pages)
    assert known == unknown.replace("ada@", "eva@")
    assert "error-summary" in known


def test_the_form_keeps_what_was_typed_but_no_password(client):
    page = client.post("/signup/professional", PROFESSIONAL | {"password": "short", "city": '"><b>Cali'})
    words = page.content.decode()
    assert 'value="Eva Luna"' in words and f'value="{EVA}"' in words
    assert "&quot;&gt;&lt;b&gt;Cali" in words and '"><b>' not in words
    assert '<option value="CO" selected' in words and '<option value="America/Bogota" selected' in words
    assert "short" not in words


def test_fields_that_are_not_asked_for_change_nothing(client):
    sign_up(client, role="it_admin", is_staff="on", is_superuser="on", is_active="", verified="on")
    user = User.objects.get()
    assert (user.role, user.is_staff, user.is_superuser) == (Role.PATIENT, False, False)
    assert not EmailAddress.objects.get().verified


def test_an_address_somebody_merely_asked_for_is_free(client):
    EmailAddress.objects.create(user=people.user(), email=EVA, verified=False)
    sign_up(client)
    assert kinds_to(EVA) == ["email_confirmation"]


def test_whoever_opens_the_link_without_the_password_confirms_nothing(client):
    """Somebody registered Eva's address with a password of their own: she does not confirm it for them."""
    sign_up(client)
    assert confirm(client, password="not-the-one-they-chose").status_code == 200
    assert client.post(link_to(EVA, "/email/confirm/")).status_code == 200
    assert not EmailAddress.objects.get().verified
    assert get_user(client).is_anonymous


def test_guessing_the_password_behind_a_link_is_limited(client):
    sign_up(client)
    for _ in range(6):
        confirm(client, password="wrong")
    assert confirm(client).status_code == 200
    assert not EmailAddress.objects.get().verified


def test_a_link_confirms_once(client):
    sign_up(client)
    path = link_to(EVA, "/email/confirm/")
    confirm(client)
    assert 'href="/home"' in client.get(path).content.decode(), "who is signed in is not sent to sign in"
    client.logout()
    assert client.get(path).status_code == 410
    assert client.post(path, {"password": people.PASSWORD}).status_code == 410
    assert client.get("/email/confirm/none:such:link").status_code == 410


def test_who_is_signed_in_confirms_their_own_address_without_a_password(client):
    user = people.user(email=EVA, verified=False)
    services.resend_confirmation(email=EVA, language="es")
    client.force_login(user)
    assert client.post(link_to(EVA, "/email/confirm/"))["Location"] == "/home"
    assert EmailAddress.objects.get().verified


def test_somebody_elses_session_confirms_nothing_without_the_password(client):
    sign_up(client)
    client.force_login(people.user())
    assert client.post(link_to(EVA, "/email/confirm/")).status_code == 200
    assert not EmailAddress.objects.get(email=EVA).verified


def test_the_letter_is_sent_again(client):
    sign_up(client)
    assert client.post("/email/confirm").status_code == 200
    assert kinds_to(EVA) == ["email_confirmation"] * 2
    assert confirm(client)["Location"] == "/home"


def test_nobody_has_letters_sent_to_addresses_they_did_not_register(client):
    people.user(email=EVA)
    assert client.post("/email/confirm", {"email": EVA}).status_code == 200
    assert letters_to(EVA) == []


@pytest.mark.parametrize("page", ["/signup", "/signup/professional"])
def test_who_is_signed_in_needs_no_other_account(client, page):
    client.force_login(people.user())
    assert client.get(page)["Location"] == "/home"
    assert client.post(page, PROFESSIONAL)["Location"] == "/home"
    assert User.objects.count() == 1


def test_registrations_for_one_address_are_limited(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "100/m/ip,3/h/key"}
    answers = [sign_up(client, email=email).status_code for email in (EVA, EVA.upper(), EVA, EVA)]
    assert answers == [302, 302, 302, 429]
    assert sign_up(client, email="ada@people.test").status_code == 302


def test_sign_in_and_registration_lead_to_each_other(client):
    assert 'href="/signup"' in client.get("/login").content.decode()
    for page in ("/signup", "/signup/professional"):
        assert 'href="/login"' in client.get(page).content.decode()
    assert 'href="/signup/professional"' in client.get("/signup").content.decode()


def test_whoever_came_from_a_page_goes_on_there_once_the_address_is_confirmed(client):
    page = "/p/ana/plans/1/?x=1&y=2"
    link = 'href="/signup?next=/p/ana/plans/1/%3Fx%3D1%26y%3D2"'
    assert link in client.get("/login", {"next": page}).content.decode()
    assert link.replace("signup", "login") in client.get("/signup", {"next": page}).content.decode()
    assert client.post(f"/signup?{urlencode({'next': page})}", PATIENT)["Location"] == "/email/confirm"
    assert confirm(client)["Location"] == page


@pytest.mark.parametrize("page", ["https://evil.test/", "//evil.test", "javascript:alert(1)", "http://[", ""])
def test_registering_leads_to_no_other_site(client, page):
    client.post(f"/signup?{urlencode({'next': page})}", PATIENT)
    assert confirm(client)["Location"] == "/home"
