"""Valkey hangs: signing in goes on, and guessing passwords is still limited, by each process for itself."""

import pytest

from accounts.tests import people

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("silent_valkey")]


def log_in(client, user, password=people.PASSWORD):
    body = {"email": user.email, "password": password}
    return client.post("/api/v1/auth/login", body, content_type="application/json")


def test_an_app_signs_in_and_waits_once(client, silent_valkey):
    assert log_in(client, people.user()).status_code == 200
    assert len(silent_valkey) == 1


def test_a_page_signs_in(client):
    user = people.user()
    answer = client.post("/login", {"login": user.email, "password": people.PASSWORD})
    assert answer.status_code == 302 and "sessionid" in answer.cookies


def test_a_password_can_be_asked_for(client):
    answer = client.post("/password/forgot", {"email": people.user().email})
    assert answer.status_code == 302


def test_guessing_is_still_limited(client):
    user = people.user()
    answers = [log_in(client, user, "wrong").status_code for _ in range(12)]
    assert answers[0] == 401 and answers[-1] == 429
