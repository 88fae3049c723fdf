"""What people do about accounts stands in the audit: by whom, about whom, why not; and never an address."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts import services, unlocking
from accounts.models import Role
from accounts.second_factor import verbs
from accounts.tests import people
from accounts.tests.letters import temporary_password_of
from accounts.tests.security_key import FLAG, HOST, SecurityKey
from accounts.tests.test_two_step_pages import set_up
from core.models import AuditEvent

pytestmark = pytest.mark.django_db
EVA, NEW = "eva@people.test", "another-long-enough-one"
TRAILS = {"read", "write", "refused"}


@pytest.fixture
def eva():
    return people.user(email=EVA, name="Eva Ruiz")


def said():
    """(action, by whom, code or method) of the named events, in order."""
    rows = AuditEvent.objects.exclude(action__in=TRAILS).order_by("id")
    return [(row.action, row.actor_id, row.facts.get("code") or row.facts.get("method", "")) for row in rows]


def actions():
    return [action for action, _who, _why in said()]


def sign_in(client, email=EVA, password=people.PASSWORD):
    return client.post("/login", {"login": email, "password": password})


def api(action, client=None, method="post", **body):
    return getattr(client or Client(), method)(
        f"/api/v1/auth/{action}", body, content_type="application/json"
    )


def test_signing_in_and_out(client, eva):
    sign_in(client)
    client.post("/logout")
    assert said() == [("sign_in.succeeded", eva.pk, "password"), ("session.signed_out", eva.pk, "")]
    event = AuditEvent.objects.get(action="sign_in.succeeded")
    assert (event.role, event.via, event.route, event.address) == (
        "patient",
        "page",
        "account_login",
        "127.0.0.1",
    )
    assert (event.object_type, event.object_id) == ("accounts.user", str(eva.pk))


def test_a_wrong_password_says_whose_account_it_would_have_been(client, eva):
    sign_in(client, password="wrong")
    sign_in(client, email="nobody@people.test")
    api("login", email=EVA, password="wrong")
    assert said() == [
        ("sign_in.refused", eva.pk, "invalid_credentials"),
        ("sign_in.refused", None, "invalid_credentials"),
        ("sign_in.refused", eva.pk, "invalid_credentials"),
    ]


def test_an_account_that_is_not_active_is_refused_by_name(client, eva):
    eva.is_active = False
    eva.save(update_fields=["is_active"])
    sign_in(client)
    api("login", email=EVA, password=people.PASSWORD)
    assert said() == [("sign_in.refused", eva.pk, "account_inactive")] * 2


def test_an_app_takes_two_steps_and_leaves(eva):
    people.give_second_factor(eva)
    api("login", email=EVA, password=people.PASSWORD)
    api("login", email=EVA, password=people.PASSWORD, code="000000")
    tokens = api("login", email=EVA, password=people.PASSWORD, code=people.code_now()).json()
    api("logout", refresh=tokens["refresh"])
    assert said() == [
        ("sign_in.refused", eva.pk, "second_factor_required"),
        ("second_factor.refused", eva.pk, "incorrect_code"),
        ("sign_in.succeeded", eva.pk, "password+totp"),
        ("session.signed_out", eva.pk, ""),
    ]


def test_a_wrong_code_stays_though_the_rest_is_rolled_back():
    colleague = people.user(Role.AGENT, email=EVA, name="Eva")
    services.issue_temporary_password(user_id=colleague.pk, by=people.user(Role.IT_ADMIN))
    body = {"email": EVA, "temporary_password": temporary_password_of(EVA), "new_password": NEW}
    api("login-temporary", **body, code="000000")
    assert said()[-1] == ("second_factor.refused", colleague.pk, "incorrect_code")
    assert "temporary_password.replaced" not in actions()
    api("login-temporary", **body, code=people.code_now())
    assert said()[-2:] == [
        ("temporary_password.replaced", colleague.pk, ""),
        ("sign_in.succeeded", colleague.pk, "password+totp"),
    ]


def test_a_passkey_signs_in_and_what_is_none_is_refused():
    owner, key, client = people.user(Role.IT_ADMIN), SecurityKey(), Client(SERVER_NAME=HOST)
    key.belongs_to(owner)
    client.get("/login/passkey", headers={"Accept": "application/json"})
    client.post("/login/passkey", {"credential": key.answer(client, owner)})
    client.get("/login/passkey", headers={"Accept": "application/json"})
    client.post("/login/passkey", {"credential": key.answer(client, owner, flags=FLAG.UP | FLAG.UV)})
    assert said() == [
        ("second_factor.refused", owner.pk, "passkey"),
        ("sign_in.succeeded", owner.pk, "webauthn"),
    ]


def test_the_lock_and_the_ways_out_of_it(client, eva):
    for _n in range(6):
        sign_in(client, password="wrong")
    assert said()[4:] == [
        ("lockout.began", None, ""),
        ("sign_in.refused", eva.pk, "invalid_credentials"),
        ("sign_in.refused", eva.pk, "locked_out"),
    ]
    assert AuditEvent.objects.get(action="lockout.began").object_id == str(eva.pk)
    unlocking.unlock_by_link(token=unlocking.unlock_token(eva))
    unlocking.unlock_by_staff(user_id=eva.pk, by=people.user(Role.IT_ADMIN))
    assert [row.facts for row in AuditEvent.objects.filter(action="lockout.lifted").order_by("id")] == [
        {"by": "link"},
        {"by": "staff"},
    ]


def test_another_password_ends_the_other_sessions(client, eva):
    sign_in(client)
    sign_in(Client())
    client.post("/account/password", {"current_password": "wrong", "new_password": NEW, "again": NEW})
    right = {"current_password": people.PASSWORD, "new_password": NEW, "again": NEW}
    client.post("/account/password", right)
    assert said()[2:] == [
        ("password.refused", eva.pk, ""),
        ("password.changed", eva.pk, ""),
        ("session.ended", eva.pk, ""),
    ]
    assert AuditEvent.objects.get(action="session.ended").facts == {"count": 1}


def test_an_apps_wrong_password_stays_too(eva):
    """It asks within a transaction of its own session, which is rolled back."""
    tokens = api("login", email=EVA, password=people.PASSWORD).json()
    bearer = Client(headers={"authorization": f"Bearer {tokens['access']}"})
    assert api("totp", bearer, password="wrong").status_code == 400
    assert said()[1:] == [("password.refused", eva.pk, "")]


def test_second_factors_come_and_go(client, eva):
    sign_in(client)
    set_up(client)
    client.post("/account/two-step/codes/new")
    client.post("/account/two-step/app/remove")
    assert actions()[1:] == [
        "second_factor.added",
        "recovery_codes.made",
        "recovery_codes.made",
        "second_factor.removed",
    ]


def test_a_recovery_code_that_is_used(client, eva):
    people.give_second_factor(eva)
    other = Client()
    sign_in(other)
    other.post("/login/code", {"code": people.code_now()})
    other.post("/account/two-step/codes/new")
    code = verbs.Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    sign_in(client)
    client.post("/login/code", {"code": code})
    assert said()[-2:] == [
        ("recovery_codes.used", eva.pk, ""),
        ("sign_in.succeeded", eva.pk, "password+recovery_codes"),
    ]


def test_registering_and_what_it_does_for_an_address_that_is_known(eva):
    api("register", email="new@people.test", password=NEW, name="Luz Marín")
    api("register", email=EVA, password=NEW, name="Somebody Else")
    assert actions() == ["account.registered"]


def test_what_it_does_to_accounts(eva):
    admin = people.user(Role.IT_ADMIN)
    services.open_account(email="new@people.test", name="New", role=Role.AGENT, language="es")
    services.set_active(user_id=eva.pk, active=False, by=admin)
    services.set_active(user_id=eva.pk, active=True, by=admin)
    people.give_second_factor(eva)
    verbs.reset(user_id=eva.pk, by=admin)
    issued = services.issue_registration_token(by=admin)
    services.withdraw_registration_token(token_id=issued.row.pk)
    services.withdraw_registration_token(token_id=issued.row.pk)
    practice = people.professional(approved=False)
    services.approve_professional(professional_id=practice.pk)
    services.approve_professional(professional_id=practice.pk)
    assert actions() == [
        "account.opened",
        "temporary_password.issued",
        "account.deactivated",
        "account.activated",
        "second_factor.reset",
        "registration_token.issued",
        "registration_token.withdrawn",
        "professional.approved",
    ]


def test_an_account_that_its_owner_closes(client, eva):
    sign_in(client)
    client.post("/account/close", {"password": people.PASSWORD, "way": "close"})
    assert actions()[1:] == ["session.ended", "account.closed"]


def test_nothing_personal_stands_in_a_row(client, eva):
    sign_in(client, password="wrong")
    sign_in(client)
    set_up(client)
    client.post("/account/email", {"email": "eva.new@people.test", "password": people.PASSWORD})
    client.post("/account/", {"name": "Eva María", "language": "es", "timezone": ""})
    for row in AuditEvent.objects.values():
        text = str({name: value for name, value in row.items() if name not in {"address", "mac"}})
        assert not [personal for personal in ("eva", "Eva", "ruiz", "@", "127.0.0.1") if personal in text]
