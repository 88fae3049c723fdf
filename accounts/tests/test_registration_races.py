"""Several at once, in real threads: exactly one succeeds."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts import services
from accounts.models import Professional, Role, User
from accounts.tests import people
from accounts.tests.letters import kinds_to, temporary_password_of
from core.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)
EVA = "eva@people.test"


def race(calls):
    """The outcome of each: `ok`, a domain code, or the name of what should not happen."""

    def run(call):
        try:
            call()
            return "ok"
        except DomainError as error:
            return error.code
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


@pytest.fixture
def it_admin():
    return people.user(Role.IT_ADMIN)


def test_one_token_registers_one_professional(it_admin):
    token = services.issue_registration_token(by=it_admin).token

    def register(number):
        return lambda: services.register_medical_professional(
            token=token, email=f"p{number}@people.test", name="Eva Luna", language="es", licence="1"
        )

    assert race([register(number) for number in range(8)]) == {"ok": 1, "registration_token_used": 7}
    assert Professional.objects.count() == 1


def test_one_temporary_password_is_replaced_once(it_admin):
    user = people.user(email=EVA)
    services.issue_temporary_password(user_id=user.pk, by=it_admin)
    user.refresh_from_db()
    opened_with = user.get_session_auth_hash()

    def choose(number):
        return lambda: services.replace_temporary_password(
            user_id=user.pk, opened_with=opened_with, new_password=f"a-password-of-my-own-{number}"
        )

    assert race([choose(number) for number in range(8)]) == {"ok": 1, "temporary_password_used": 7}


def test_one_temporary_password_lets_one_app_in(it_admin):
    user = people.user(email=EVA)
    services.issue_temporary_password(user_id=user.pk, by=it_admin)
    first = {"email": EVA, "temporary_password": temporary_password_of(EVA)}

    def sign_in(number):
        try:
            body = first | {"new_password": f"a-password-of-my-own-{number}"}
            return Client().post("/api/v1/auth/login-temporary", body, content_type="application/json")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(sign_in, range(8)))
    assert Counter(answer.status_code == 200 for answer in answers) == {True: 1, False: 7}
    assert all(answer.status_code in {200, 400, 401, 429} for answer in answers)


def test_one_address_becomes_one_account():
    def register():
        services.register_patient(email=EVA, password=people.PASSWORD, name="Eva", language="es")

    assert race([register] * 6) == {"ok": 6}, "nobody is told that another was faster"
    assert User.objects.count() == 1
    assert Counter(kinds_to(EVA)) == {"email_confirmation": 1, "account_already_exists": 5}


def test_namesakes_get_pages_of_their_own():
    def register(number):
        return lambda: services.register_professional(
            email=f"p{number}@people.test",
            password=people.PASSWORD,
            name="Ana Ruiz",
            timezone="America/Bogota",
            language="es",
        )

    assert race([register(number) for number in range(6)]) == {"ok": 6}
    slugs = set(Professional.objects.values_list("slug", flat=True))
    assert len(slugs) == 6
