"""Who asks."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.models import User
from core.errors import NotAllowed


def user_of(request: HttpRequest) -> User:
    """The signed-in user. Raises NotAllowed; pages ask for the sign-in before."""
    if not isinstance(request.user, User):
        raise NotAllowed
    return request.user
