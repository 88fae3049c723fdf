from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def user(transactional_db) -> User:
    return User.objects.create_user("ana@example.test", "correct horse battery")


@pytest.fixture
def session_of() -> Callable[[User], str]:
    """Signs a user in, and gives the session's key."""

    def sign_in(user: User) -> str:
        client = Client()
        client.force_login(user, backend="accounts.backends.AccountBackend")
        return client.session.session_key or ""

    return sign_in
