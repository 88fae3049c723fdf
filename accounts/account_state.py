"""How an account stands: the one word that IT reads first, and who is locked out right now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import lockout
from accounts.models import Professional, User
from core.models import OutboxEvent


class AccountState(TextChoices):
    ACTIVE = "active", _("active")
    LOCKED = "locked", _("locked: too many wrong passwords")
    TEMPORARY = "temporary", _("has to choose a password")
    DEACTIVATED = "deactivated", _("deactivated")
    DELETED = "deleted", _("deleted by its owner")


class PracticeState(TextChoices):
    WAITING = "waiting", _("waits for approval")
    LISTED = "listed", _("found by patients")
    HIDDEN = "hidden", _("approved, not listed")
    CLOSED = "closed", _("account deactivated")


def state_of(user: User, *, is_locked: bool) -> AccountState:
    if user.closed_at is not None:
        return AccountState.DELETED
    if not user.is_active:
        return AccountState.DEACTIVATED
    if is_locked:
        return AccountState.LOCKED
    return AccountState.TEMPORARY if user.temporary_password_until else AccountState.ACTIVE


def in_state(users: QuerySet[User], state: str) -> QuerySet[User]:
    """Those of whom `state_of` says so; locked ones may also have to choose a password."""
    open_ones = users.filter(is_active=True)
    match state:
        case AccountState.DELETED:
            return users.filter(closed_at__isnull=False)
        case AccountState.DEACTIVATED:
            return users.filter(is_active=False, closed_at=None)
        case AccountState.LOCKED:
            return open_ones.filter(pk__in=locked_accounts())
        case AccountState.TEMPORARY:
            return open_ones.filter(temporary_password_until__isnull=False)
        case AccountState.ACTIVE:
            return open_ones.filter(temporary_password_until=None)
    return users.none()


def practice_state_of(professional: Professional) -> PracticeState:
    """`user` is to be loaded."""
    if not professional.user.is_active:
        return PracticeState.CLOSED
    if professional.approved_at is None:
        return PracticeState.WAITING
    return PracticeState.LISTED if professional.is_listed else PracticeState.HIDDEN


def practices_in_state(professionals: QuerySet[Professional], state: str) -> QuerySet[Professional]:
    """Those of whom `practice_state_of` says so."""
    open_ones = professionals.filter(user__is_active=True)
    match state:
        case PracticeState.CLOSED:
            return professionals.filter(user__is_active=False)
        case PracticeState.WAITING:
            return open_ones.filter(approved_at=None)
        case PracticeState.LISTED:
            return open_ones.filter(approved_at__isnull=False, is_listed=True)
        case PracticeState.HIDDEN:
            return open_ones.filter(approved_at__isnull=False, is_listed=False)
    return professionals.none()


def locked_among(users: Iterable[User]) -> set[UUID]:
    """In one question to the cache, however many they are."""
    by_email = {user.email: user.pk for user in users if user.is_active}
    return {by_email[email] for email in lockout.locked(by_email)}


def locked_accounts() -> set[UUID]:
    """Whoever is locked out was told of it, once in that time: the outbox knows whom to ask about."""
    since = timezone.now() - timedelta(seconds=lockout.LINK_SECONDS)
    told = OutboxEvent.objects.filter(topic=lockout.LOCKED_OUT, created_at__gte=since)
    ids = set(told.values_list("payload__user_id", flat=True))
    return locked_among(User.objects.filter(pk__in=ids, is_active=True))
