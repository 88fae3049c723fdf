"""Who asks."""

from __future__ import annotations

from rest_framework.request import Request

from accounts.models import User


def signed_in(request: Request) -> User:
    """The default permission has seen to it."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101
    return user
