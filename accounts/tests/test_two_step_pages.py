"""Sign-in in two steps, on pages."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from accounts.second_factor import secrets, verbs
from accounts.tests import people
from accounts.tests.letters import sent
from accounts.tests.test_refresh import in_parallel
from accounts.tests.test_second_factor_api import sign_in as api_sign_in
from accounts.tests.test_sign_in_pages import sign_in

pytestmark = pytest.mark.django_db
APP, CODES, ALL = "/account/two-step/app", "/account/two-step/codes", "/account/two-step"


def key_on(page) -> str:
    return re.search(r'class="key"[^>]*>(\w+)<', page.content.decode())[1]


def shown_codes(page) -> list[str]:
    return re.findall(r"<li>(\d{8})</li>", page.content.decode())


def set_up(client) -> list[str]:
    """An app; returns the recovery codes."""
    key = key_on(client.get(APP))
    answer = client.post(APP, {"code": people.code_now(key)})
    assert answer["Location"] == CODES
    return shown_codes(client.get(CODES))


@pytest.fixture
def patient(client) -> User:
    user = people.user()
    sign_in(client, user.email)
    return user


def test_an_app_is_set_up_and_its_codes_open(client, patient):
    recovery = set_up(client)
    assert len(recovery) == 10
    for number, code in enumerate([recovery[0], None]):
        device = Client()
        assert sign_in(device, patient.email)["Location"] == "/login/code"
        code = code or people.code_now(_secret(patient), later=number)
        assert device.post("/login/code", {"code": code})["Location"] == "/home"
        assert device.get("/account/").status_code == 200


def _secret(user: User) -> str:
    return secrets.unseal(verbs.app_of(user).data["secret"])


def test_the_recovery_codes_are_shown_once(client, patient):
    assert len(set_up(client)) == 10
    again = client.get(CODES)
    assert shown_codes(again) == []
    assert again["Cache-Control"].count("no-store")


def test_secrets_are_sealed_wherever_they_lie(client, patient):
    key = key_on(client.get(APP))
    assert key not in str(dict(client.session))
    client.post(APP, {"code": people.code_now(key)})
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert key not in kept and "seed" in kept
    assert key not in str(dict(client.session))


def test_the_code_that_set_the_app_up_does_not_sign_in(client, patient):
    key = key_on(client.get(APP))
    code = people.code_now(key)
    client.post(APP, {"code": code})
    device = Client()
    sign_in(device, patient.email)
    assert device.post("/login/code", {"code": code}).status_code == 200
    assert device.get("/account/").status_code == 302


def test_a_code_counts_once_also_the_one_before(client):
    with time_machine.travel("2030-01-01 12:00:00Z", tick=False) as clock:
        user = people.user(two_step=True)
        older, newer = people.code_now(later=-1), people.code_now()

        def comes_in(code):
            device = Client()
            sign_in(device, user.email)
            return device.post("/login/code", {"code": code}).status_code == 302

        assert comes_in(newer)
        assert not comes_in(newer)
        assert not comes_in(older), "what is older than the last used is over, too"
        clock.shift(30)
        assert not comes_in(newer), "as long as its time still counts"
        assert comes_in(people.code_now())


@pytest.mark.django_db(transaction=True)
def test_of_parallel_sign_ins_with_one_code_one_comes_in():
    user, code = people.user(two_step=True), people.code_now()
    answers = in_parallel(5, lambda: api_sign_in(Client(), user, code).status_code)
    assert sorted(answers) == [200] + [401] * 4


@pytest.mark.django_db(transaction=True)
def test_of_parallel_sign_ins_with_one_recovery_code_one_comes_in(client):
    user = people.user()
    sign_in(client, user.email)
    code = set_up(client)[0]
    answers = in_parallel(5, lambda: api_sign_in(Client(), user, code).status_code)
    assert sorted(answers) == [200] + [401] * 4


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_of_codes_are_counted_exactly():
    user = people.user(two_step=True)
    answers = in_parallel(12, lambda: api_sign_in(Client(), user, "000000").status_code)
    assert sorted(answers) == [401] * 5 + [429] * 7


def test_guesses_on_the_page_count_with_those_of_apps(client):
    user = people.user(two_step=True)
    sign_in(client, user.email)
    for _ in range(5):
        assert client.post("/login/code", {"code": "000000"}).status_code == 200
    page = client.post("/login/code", {"code": people.code_now()})
    assert page.status_code == 200, "also with the right one"
    assert api_sign_in(Client(), user, people.code_now()).status_code == 429


def test_a_right_code_takes_back_no_guess_but_itself(client):
    user = people.user(two_step=True)
    with time_machine.travel("2030-01-01 12:00:00Z", tick=False) as clock:
        for _ in range(4):
            assert api_sign_in(client, user, "000000").status_code == 401
            clock.shift(1)
        assert api_sign_in(client, user, people.code_now()).status_code == 200
        clock.shift(1)
        assert api_sign_in(client, user, "000000").status_code == 401
        clock.shift(30)
        assert api_sign_in(client, user, people.code_now()).status_code == 429


def test_the_code_page_is_for_whoever_has_given_the_password(client):
    assert client.get("/login/code")["Location"] == "/login"
    assert client.post("/login/code", {"code": people.code_now()})["Location"] == "/login"


def test_somebody_else_signs_in_from_the_code_page(client):
    first = people.user(two_step=True)
    sign_in(client, first.email)
    client.post("/logout")
    assert client.get("/login/code")["Location"] == "/login"
    assert sign_in(client, people.user().email)["Location"] == "/home"


def test_where_one_wanted_to_go_outlives_the_code(client):
    user = people.user(two_step=True)
    sign_in(client, user.email, next="/account/sessions")
    assert client.post("/login/code", {"code": people.code_now()})["Location"] == "/account/sessions"


@pytest.mark.parametrize("address", [APP, "/account/two-step/passkeys/new", "/account/two-step/app/remove"])
def test_what_matters_asks_for_a_recent_password(client, address):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        user = people.user(two_step=address.endswith("remove"))
        sign_in(client, user.email)
        client.post("/login/code", {"code": people.code_now()})
        assert client.get(address).status_code == 200, "signed in just now"
        clock.shift(301)
        asked = client.get(address)
        assert asked["Location"] == f"/account/confirm?next={quote(address, safe='')}"
        wrong = client.post(asked["Location"], {"password": "wrong", "next": address})
        assert wrong.status_code == 200
        right = client.post(asked["Location"], {"password": people.PASSWORD, "next": address})
        assert right["Location"] == address
        assert client.get(address).status_code == 200


def test_a_form_that_was_sent_without_a_recent_password_changes_nothing(client):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        user = people.user(two_step=True)
        sign_in(client, user.email)
        client.post("/login/code", {"code": people.code_now()})
        clock.shift(301)
        for address in ("/account/two-step/app/remove", "/account/two-step/codes/new"):
            assert client.post(address)["Location"].startswith("/account/confirm?")
        assert verbs.app_of(user) and not verbs.recovery_codes_left(user)


def test_guessing_the_password_there_is_limited(client, patient):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.shift(301)
        for _ in range(10):
            client.post("/account/confirm", {"password": "wrong"})
        assert client.post("/account/confirm", {"password": people.PASSWORD}).status_code == 429


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.AGENT, "/me/"),
        (Role.AGENT, "/"),
        (Role.MEDICAL_ADMIN, "/admin/"),
        (Role.MEDICAL_ADMIN, "/admin/bookings/booking/"),
        (Role.IT_ADMIN, "/admin/accounts/user/"),
        (Role.IT_ADMIN, "/account/"),
        (Role.IT_ADMIN, "/account/sessions"),
    ],
)
def test_staff_without_are_led_to_the_set_up(client, role, address):
    sign_in(client, people.user(role, two_step=False).email)
    assert client.get(address)["Location"] == ALL
    assert client.post(address)["Location"] == ALL
    assert client.get(ALL).context["is_asked_for"]
    set_up(client)
    assert client.get(address).get("Location") != ALL


def test_staff_who_take_it_away_are_led_there_again(client):
    user = people.user(Role.IT_ADMIN)
    sign_in(client, user.email)
    client.post("/login/code", {"code": people.code_now()})
    assert client.get("/admin/").status_code == 200
    client.post("/account/two-step/app/remove")
    assert client.get("/admin/")["Location"] == ALL


def test_it_resets_the_second_factor_of_somebody_who_lost_the_phone(client):
    lost, admin = people.user(Role.AGENT), people.user(Role.IT_ADMIN)
    device = Client()
    sign_in(device, lost.email)
    device.post("/login/code", {"code": people.code_now()})
    client.force_login(admin)
    chosen = [str(lost.pk), str(admin.pk), str(people.user().pk)]
    asked_for = {"action": "reset_second_factor", "_selected_action": chosen}
    client.post("/admin/accounts/user/", asked_for)
    assert device.get("/account/").status_code == 200, "asking is not doing"
    client.post("/admin/accounts/user/", asked_for | {"_confirmed": "1"})
    assert device.get("/account/")["Location"].startswith("/login")
    assert verbs.app_of(lost) is None and verbs.app_of(admin) is not None, "nobody disarms themselves"
    assert sent().get(kind="account_second_factor_reset").recipient == lost.email
    assert sign_in(device, lost.email)["Location"] == "/home"


@pytest.mark.django_db(transaction=True)
def test_each_change_is_written_to_its_person(client):
    user = people.user()
    sign_in(client, user.email)
    set_up(client)
    client.post("/account/two-step/codes/new")
    client.post("/account/two-step/app/remove")
    kinds = list(sent().order_by("created_at").values_list("kind", flat=True))
    assert kinds == [
        "account_totp_activated",
        "account_recovery_codes_generated",
        "account_totp_deactivated",
    ]


def test_the_demos_codes_are_shown_in_the_demo_alone(client, settings):
    settings.ROOT_URLCONF = "notifications.tests.urls_with_mailbox"
    settings.EMBEDDED = True
    demo, real = people.user(Role.IT_ADMIN, email="it@demo.test"), people.user(Role.IT_ADMIN)
    page = client.get("/demo/codes").content.decode()
    assert people.code_now() in page and real.email not in page
    sign_in(client, demo.email)
    assert "/demo/codes" in client.get("/login/code").content.decode()
    assert client.post("/login/code", {"code": people.code_now()}).status_code == 302
    assert people.code_now(later=1) in client.get("/demo/codes").content.decode(), (
        "the next, where one was used"
    )
    settings.EMBEDDED = False
    assert client.get("/demo/codes").status_code == 404


@pytest.mark.parametrize(
    "nonsense", ["", "{", "[]", "1", '"x"', "{}", '{"response": 1}', '{"id": "a", "response": {}}']
)
def test_nonsense_instead_of_a_passkey_is_refused(client, nonsense):
    client.get("/login/passkey", headers={"Accept": "application/json"})
    assert client.post("/login/passkey", {"credential": nonsense})["Location"] == "/login"
    user = people.user(two_step=True)
    sign_in(client, user.email)
    assert client.post("/login/code", {"credential": nonsense}).status_code == 200
    client.post("/login/code", {"code": people.code_now()})
    assert client.post("/account/two-step/passkeys/new", {"credential": nonsense}).status_code == 200
    assert not verbs.passkeys_of(user).exists()


def test_others_passkeys_are_not_there(client, patient):
    theirs = Authenticator.objects.create(
        user=people.user(), type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": {}}
    )
    for address in (
        f"/account/two-step/passkeys/{theirs.pk}",
        f"/account/two-step/passkeys/{theirs.pk}/remove",
    ):
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "Mine"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.data["name"] == "Phone"
