"""A person's way out of a lockout: a letter with a link that works once and ends the lock."""

from __future__ import annotations

import secrets
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core import signing
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from accounts import letters, lockout
from accounts.models import User
from core import audit, outbox
from core.errors import Missing, Refused
from core.models import OutboxEvent

_SALT = "accounts.unlock"


class LinkNotValid(Refused):
    page = "account/unlock.html"
    code = "link_not_valid"
    message = _("This link was used before, or it is too old.")


@outbox.handles(lockout.LOCKED_OUT)
def tell_owner(event: OutboxEvent) -> None:
    """A letter to the owner of the account, where there is one."""
    user = User.objects.filter(pk=event.payload["user_id"], is_active=True).first()
    if user is not None:
        letters.locked_out(user, unlock_token(user))


def unlock_token(user: User) -> str:
    """Of the link that ends the lock: signed, for LINK_SECONDS, once."""
    return signing.dumps([str(user.pk), secrets.token_urlsafe(9)], salt=_SALT)


def owner_of_link(token: str) -> User:
    """Raises LinkNotValid."""
    return _open(token)[0]


def unlock_by_link(*, token: str) -> User:
    """Ends the lock of all addresses of the account. Raises LinkNotValid."""
    user, used = _open(token)
    if not cache.add(used, 1, lockout.LINK_SECONDS):
        raise LinkNotValid
    audit.record("lockout.lifted", object=user, by="link")
    unlock_account(user)
    return user


def unlock_by_staff(*, user_id: UUID, by: User) -> User:
    """Ends the lock at once, for somebody who asks IT. Idempotent. Raises Missing."""
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Missing
    audit.record("lockout.lifted", object=user, by="staff")
    unlock_account(user)
    return user


def unlock_account(user: User) -> None:
    for email in {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}:
        lockout.unlock(email)


def _open(token: str) -> tuple[User, str]:
    """The account, and the cache's key that says whether the link was used."""
    try:
        user_id, nonce = signing.loads(token, salt=_SALT, max_age=lockout.LINK_SECONDS)
        user = User.objects.filter(pk=UUID(user_id), is_active=True).first()
    except (signing.BadSignature, ValueError) as error:
        raise LinkNotValid from error
    used = f"unlock:used:{nonce}"
    if user is None or cache.has_key(used):
        raise LinkNotValid
    return user, used
