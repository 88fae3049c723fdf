"""Another site's form, sent by the browser of somebody who is signed in here, does nothing (CSRF)."""

from __future__ import annotations

import pytest
from django.test import Client

from config.tests.access import lines
from config.tests.access_world import BACKEND, World, ask

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_product")]
# Gateways send these; their signature says who they are.
SIGNED = {"/api/v1/payments/webhook/<provider>"}


@pytest.mark.parametrize("person", ["own_patient", "own_professional", "it_admin"])
def test_without_our_token_nothing_is_written(person):
    world = World()
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people[person], backend=BACKEND)
    writes = [line for line in lines() if line.address.startswith("/") and line.method != "get"]
    done = []
    for line in writes:
        answer = ask(world, client, line)
        if line.address not in SIGNED and (answer.status not in {403, 404, 405} or answer.wrote):
            done.append(f"{line}: {answer}")
    assert not done, "\n".join(done)


def test_nobody_is_signed_in_by_another_site():
    client = Client(enforce_csrf_checks=True)
    for page in ("/login", "/signup", "/password/forgot", "/language"):
        assert client.post(page, {"login": "x@example.org"}).status_code == 403
