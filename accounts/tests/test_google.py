"""Signing in with Google: the real library, and a server of our own that plays Google."""

from __future__ import annotations

import os
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from django.conf import settings as all_settings
from django.test import Client

from accounts import checks
from accounts.models import Role, User
from accounts.tests import people
from accounts.tests.google import CLIENT_ID, CLIENT_SECRET, playing_google
from accounts.tests.letters import sent

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server():
    with playing_google() as google:
        yield google


@pytest.fixture
def google(server, settings, monkeypatch):
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    known = settings.SOCIALACCOUNT_PROVIDERS["google"]
    app = {"client_id": CLIENT_ID, "secret": CLIENT_SECRET}
    settings.SOCIALACCOUNT_PROVIDERS = {"google": {**known, "APPS": [app]}}
    # The library reads these of its settings when it is imported.
    monkeypatch.setattr(GoogleOAuth2Adapter, "authorize_url", f"{server.address}/auth")
    monkeypatch.setattr(GoogleOAuth2Adapter, "access_token_url", f"{server.address}/token")
    monkeypatch.setattr(server, "claims", dict(server.claims))
    return server


def leave(client, **given):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client.post("/login/google", given)["Location"]


def come_in(client, google, **given):
    return client.get(google.agree(leave(client, **given)))


def is_signed_in(client):
    return "_auth_user_id" in client.session


def refused(client, answer):
    """Led back to the sign-in, with words."""
    assert (answer.status_code, answer["Location"]) == (302, "/login")
    assert not is_signed_in(client)
    return client.get("/login").content.decode()


def test_somebody_new_gets_a_patients_account(client, google):
    assert come_in(client, google)["Location"] == "/home"
    user = User.objects.get()
    assert (user.email, user.name, user.role, user.has_usable_password()) == (
        "eva@people.test",
        "Eva Ruiz",
        "patient",
        False,
    )
    assert EmailAddress.objects.get(user=user).verified
    assert client.get("/api/v1/auth/me").json()["email"] == "eva@people.test"
    client.post("/logout")
    assert come_in(client, google)["Location"] == "/home"
    assert User.objects.count() == SocialAccount.objects.count() == 1


def test_nothing_of_what_google_tells_is_kept(client, google):
    come_in(client, google)
    come_in(Client(), google)
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()


def test_it_joins_an_account_whose_address_both_sides_have_verified(client, google):
    user = people.user(email="eva@people.test")
    google.claims["email"] = "Eva@People.test"
    come_in(client, google)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert SocialAccount.objects.get().user == user
    assert sent().get().kind == "account_account_connected", "its owner is told"
    user.refresh_from_db()
    assert user.check_password(people.PASSWORD)


def test_an_address_that_was_never_confirmed_here_is_not_joined(client, google):
    """Whoever entered it knows its password, and would share the account with its owner."""
    people.user(email="eva@people.test", verified=False)
    assert "never confirmed" in refused(client, come_in(client, google))
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("verified", [False, None, "true", 1])
@pytest.mark.parametrize("known", [True, False])
def test_an_address_that_google_has_not_verified_opens_nothing(client, google, verified, known):
    if known:
        people.user(email="eva@people.test")
    google.claims["email_verified"] = verified
    assert "not verified" in refused(client, come_in(client, google))
    assert User.objects.count() == known
    assert not SocialAccount.objects.exists()


def test_a_google_account_keeps_its_person_when_its_address_changes(client, google):
    come_in(client, google)
    other = people.user(email="other@people.test")
    google.claims["email"] = other.email
    client.post("/logout")
    come_in(client, google)
    assert client.session["_auth_user_id"] != str(other.pk)


@pytest.mark.parametrize("role", [Role.AGENT, Role.MEDICAL_ADMIN, Role.IT_ADMIN])
def test_staff_without_a_second_factor_do_not_come_in(client, google, role):
    people.user(role, two_step=False, email="eva@people.test")
    assert "two steps" in refused(client, come_in(client, google))
    assert not SocialAccount.objects.exists()


def test_a_second_factor_is_asked_for(client, google):
    people.user(Role.IT_ADMIN, email="eva@people.test")
    assert come_in(client, google)["Location"] == "/login/code"
    assert not is_signed_in(client)


def test_a_deactivated_account_stays_closed(client, google):
    user = people.user(email="eva@people.test")
    user.is_active = False
    user.save()
    assert come_in(client, google)["Location"] == "/login/inactive"
    assert not is_signed_in(client)


@pytest.mark.parametrize(("wanted", "led"), [("/me/", "/me/"), ("https://evil.example/", "/home")])
def test_next_leads_only_to_our_own_pages(client, google, wanted, led):
    assert come_in(client, google, next=wanted)["Location"] == led


# --- Forged ------------------------------------------------------------------------------------------


def test_the_question_carries_state_nonce_and_challenge(client, google):
    asked = parse_qs(urlsplit(leave(client)).query)
    again = parse_qs(urlsplit(leave(client)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert set(asked["scope"][0].split()) == {"openid", "email", "profile"}
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name][0]) >= 16 and asked[name] != again[name]


def test_an_answer_in_another_browser_opens_nothing(client, google):
    back = google.agree(leave(client))
    stranger = Client()
    refused(stranger, stranger.get(back))


def test_an_answer_counts_once(client, google):
    back = google.agree(leave(client))
    client.get(back)
    client.post("/logout")
    refused(client, client.get(back))


@pytest.mark.parametrize("changes", [{"state": "other"}, {"code": "other"}, {"error": "access_denied"}])
def test_a_changed_answer_opens_nothing(client, google, changes):
    refused(client, client.get(google.agree(leave(client), **changes)))


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "other"}, {"nonce": None}, {"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}],
)
def test_a_token_that_is_not_about_this_question_opens_nothing(client, google, claims):
    people.user(email="eva@people.test")
    google.claims |= claims
    refused(client, come_in(client, google))
    assert not SocialAccount.objects.exists()


def test_another_challenge_is_refused_by_google(client, google):
    url = leave(client)
    back = google.agree(url)
    google.asked["code-" + back.rsplit("code-", 1)[1]]["code_challenge"] = "of somebody else"
    refused(client, client.get(back))
    assert google.refused == "code or verifier"


def test_google_that_is_away_is_said_in_words(client, google, monkeypatch):
    monkeypatch.setattr(GoogleOAuth2Adapter, "access_token_url", "http://127.0.0.1:9/token")
    assert "did not work" in refused(client, come_in(client, google))


def test_leaving_for_google_is_a_post_of_our_own_page(google):
    strict = Client(enforce_csrf_checks=True)
    assert strict.get("/login/google").status_code == 405
    assert strict.post("/login/google").status_code == 403


# --- Set up or not -----------------------------------------------------------------------------------


def test_there_is_a_button_where_it_is_set_up(client, google):
    page = client.get("/login?next=/me/").content.decode()
    assert 'action="/login/google"' in page
    assert page.count('name="next" value="/me/"') >= 2


def test_nothing_of_it_is_there_where_it_is_not(client):
    assert "google" not in client.get("/login").content.decode().lower()
    assert client.post("/login/google").status_code == 404
    assert client.get("/login/google/back?code=x&state=y").status_code == 404
    assert "google" not in client.get("/login")["Content-Security-Policy"]


@pytest.mark.parametrize("missing", ["GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"])
def test_half_of_the_settings_is_named_at_start(settings, missing):
    settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET = "x", "y"
    assert not list(checks.google())
    setattr(settings, missing, "")
    (found,) = checks.google()
    assert missing in found.msg


def test_forms_may_lead_to_google_only_where_it_is_set_up():
    words = (
        "from config import settings; print(settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
    )

    def policy(**environment):
        done = subprocess.run(
            [sys.executable, "-c", words],
            env={**os.environ, **environment},
            cwd=all_settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert "https://accounts.google.com" in policy(GOOGLE_CLIENT_ID="x", GOOGLE_CLIENT_SECRET="y")
    assert "google" not in policy()
