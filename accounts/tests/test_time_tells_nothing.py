"""Answering takes the same work whether there is an account or not: as many hashes, and the same to write."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.tests import people

pytestmark = pytest.mark.django_db
NEW = "another-long-enough-one"
# Looking once more, or once less, at each of five tries: a tenth of a millisecond. A hash takes two hundred,
# a letter five.
MAY_DIFFER_BY = 5


class CountingHasher(MD5PasswordHasher):
    algorithm = "counting"
    used = 0

    def encode(self, password, salt):
        type(self).used += 1
        return super().encode(password, salt)


def api(action, **body):
    return Client().post(f"/api/v1/auth/{action}", body, content_type="application/json")


def fifth_failure(email):
    for _n in range(5):
        answer = api("login", email=email, password="wrong")
    return answer


ASKED = {
    "login": lambda email: api("login", email=email, password="wrong"),
    "login page": lambda email: Client().post("/login", {"login": email, "password": "wrong"}),
    "forgot": lambda email: api("forgot-password", email=email),
    "forgot page": lambda email: Client().post("/password/forgot", {"email": email}),
    "register": lambda email: api("register", email=email, password=NEW, name="Eva Ruiz"),
    "register page": lambda email: Client().post(
        "/signup", {"email": email, "password": NEW, "name": "Eva Ruiz"}
    ),
    "the lock": fifth_failure,
}


def work_of(ask, email):
    """Hashes, what was written where, how many questions the database was asked; and the answer."""
    before = CountingHasher.used
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = ask(email)
    words = [query["sql"].split() for query in asked.captured_queries]
    written = sorted(" ".join(line[:3]) for line in words if line[0] in {"INSERT", "DELETE"})
    return CountingHasher.used - before, written, len(words), answer


@pytest.mark.parametrize("what", ASKED)
@pytest.mark.parametrize("kind", ["known", "without a password", "deactivated", "unconfirmed"])
def test_an_account_costs_as_much_as_none(settings, what, kind):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    fields = {"without a password": {"password": None}, "unconfirmed": {"verified": False}}.get(kind, {})
    user = people.user(email="eva@people.test", **fields)
    if kind == "deactivated":
        user.is_active = False
        user.save()
    of_known = work_of(ASKED[what], "eva@people.test")
    of_unknown = work_of(ASKED[what], "ada@people.test")
    assert of_known[0] == of_unknown[0]
    assert of_known[1] == of_unknown[1]
    assert abs(of_known[2] - of_unknown[2]) <= MAY_DIFFER_BY
    assert of_known[3].status_code == of_unknown[3].status_code
    assert of_known[3].content.replace(b"eva", b"ada")[:200] == of_unknown[3].content[:200]
