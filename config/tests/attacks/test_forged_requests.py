"""Another site's form, sent by the browser of somebody who is signed in here, does nothing (CSRF)."""

from __future__ import annotations

import pytest
from django.test import Client

from bookings.tests.factories import PASSWORD
from config.tests.access import lines
from config.tests.access_world import BACKEND, World, ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_product")]
# They go by what is in the request alone (a signature, a private link, a password, a token) and set no cookie: that
# a browser is signed in here adds nothing to them.
COOKIELESS = {"/api/v1/payments/webhook/<provider>"} | {
    f"/api/v1/manage/<token>/{verb}" for verb in ("cancel", "reschedule", "payment")
}
COOKIELESS |= {
    f"/api/v1/auth/{verb}"
    for verb in (
        "login",
        "login-temporary",
        "refresh",
        "logout",
        "register",
        "register-medical-professional",
        "verify-email",
        "resend-verification",
        "forgot-password",
        "reset-password",
        "reset-password-confirm",
    )
}


@pytest.mark.parametrize("person", ["own_patient", "own_professional", "it_admin"])
def test_without_our_token_nothing_is_written(person):
    world = World()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people[person], backend=BACKEND)
    writes = [line for line in lines() if line.address.startswith("/") and line.method != "get"]
    done = []
    for line in writes:
        answer = ask(world, client, line)
        wrote = answer.wrote - {"core_auditevent"}  # which says that it was refused
        if line.address not in COOKIELESS and (answer.status not in {403, 404, 405} or wrote):
            done.append(f"{line}: {answer}")
    assert not done, "\n".join(done)


def test_what_goes_by_no_cookie_sets_none_and_leaves_the_session_alone():
    world = World()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.patient, backend=BACKEND)
    signed_in = {"email": world.patient.email, "password": PASSWORD}
    for line in lines():
        if line.address in COOKIELESS and line.method == "post":
            body = world.body(line) | (signed_in if line.address.endswith("/login") else {})
            answer = client.post(world.path(line), body, content_type="application/json")
            assert not answer.cookies, line
    assert client.get("/me/").status_code == 200


def test_nobody_is_signed_in_by_another_site():
    client = Client(enforce_csrf_checks=True)
    for page in ("/login", "/signup", "/password/forgot", "/language"):
        assert client.post(page, {"login": "x@example.org"}).status_code == 403
