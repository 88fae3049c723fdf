"""Who asks."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rest_framework.request import Request

from accounts.models import Professional, Role, User
from core.errors import NotAllowed


def signed_in(request: Request) -> User:
    """The default permission has seen to it."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101
    return user


def own_practice(request: Request) -> Professional:
    """The practice of the professional who asks. Raises NotAllowed for everybody else."""
    user = signed_in(request)
    professional = Professional.objects.filter(user=user).select_related("user").first()
    if professional is None or user.role != Role.PROFESSIONAL:
        raise NotAllowed
    return professional


def staff(request: Request, roles: frozenset[Role]) -> User:
    """Who asks, of the staff in one of these roles. Raises NotAllowed for everybody else."""
    user = signed_in(request)
    if user.role not in roles:
        raise NotAllowed
    return user


def zone_of(user: User) -> ZoneInfo:
    """Whose days are meant: those of the account's zone, of UTC when it has none."""
    return ZoneInfo(user.timezone or "UTC")


def patient_account(request: Request) -> User | None:
    """The account of a patient who asks; None for guests, and for everybody who does not book for themselves."""
    user = request.user
    return user if isinstance(user, User) and user.role == Role.PATIENT else None
