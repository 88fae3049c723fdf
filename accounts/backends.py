"""Who is let in with a password."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

# Their password is printed at every start, so they open nothing where real people's data are.
DEMO_DOMAIN = "demo.test"


class AccountBackend(AuthenticationBackend):
    """allauth's, without the demo's accounts outside the embedded demo: data may have moved to a server."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        return _unless_too_old(_unless_demo(super().authenticate(request, **credentials)))

    def get_user(self, user_id: Any) -> AbstractBaseUser | None:
        """A session or token that came along with the data is no way in either."""
        return _unless_demo(super().get_user(user_id))


def _unless_demo(user: Any) -> Any:
    is_demo = user is not None and user.email.endswith("@" + DEMO_DOMAIN)
    return None if is_demo and not settings.EMBEDDED else user


def _unless_too_old(user: Any) -> Any:
    """A temporary password after its day is a wrong one."""
    until = user.temporary_password_until if user is not None else None
    return None if until is not None and until <= timezone.now() else user
