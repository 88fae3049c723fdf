"""A password sent by e-mail: good once, for a day, and for nothing but choosing one's own."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.audited import who_is
from accounts.models import User
from accounts.services.refusals import refused
from accounts.sessions import end_sessions
from core import audit
from core.errors import Missing, Refused

LIFETIME = timedelta(hours=24)
# No letters or digits that look like others: people type it from a phone. 16 of 31 are 79 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


class Secret(NamedTuple):
    plain: str
    hashed: str

    @classmethod
    def new(cls) -> Secret:
        """Slow, as every hash of a password: made before anything is locked."""
        letters_of_one = ("".join(secrets.choice(_ALPHABET) for _n in range(_GROUP)) for _n in range(_GROUPS))
        plain = "-".join(letters_of_one)
        return cls(plain, make_password(plain))


def issue_temporary_password(*, user_id: UUID, by: User) -> None:
    """Sends one; whatever password and sessions there were are no more.

    Raises Missing, and Refused: `own_account`, `account_inactive`.
    """
    if user_id == by.pk:
        raise Refused(_("Choose a new password for yourself in your own account."), code="own_account")
    secret = Secret.new()
    with transaction.atomic():
        user = User.objects.select_for_update().filter(pk=user_id).first()
        if user is None:
            raise Missing
        if not user.is_active:
            raise Refused(_("This account is not active."), code="account_inactive")
        hand_out(user, secret)
        end_sessions(user)


def hand_out(user: User, secret: Secret) -> None:
    """The caller is in a transaction that made the user, or holds its row lock."""
    user.password, user.temporary_password_until = secret.hashed, timezone.now() + LIFETIME
    user.save(update_fields=["password", "temporary_password_until"])
    audit.record("temporary_password.issued", object=user)
    letters.temporary_password(user, secret.plain, LIFETIME)


def replace_temporary_password(*, user_id: UUID, opened_with: str, new_password: str) -> User:
    """The person's own password takes its place, once: of several at the same time one succeeds. Whoever had it
    reads the mail of the address, which counts as confirmed.

    `opened_with` is `get_session_auth_hash()` of the user as the temporary password let them in: one that was
    issued since then is another. Raises Refused: `temporary_password_used`, `temporary_password_expired`, and
    what is wrong with `new_password`.
    """
    _require_good(User.objects.get(pk=user_id), new_password)
    hashed = make_password(new_password)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user_id)
        until = user.temporary_password_until
        if until is None or user.get_session_auth_hash() != opened_with or not user.is_active:
            raise Refused(
                _("This temporary password was used already, or another one was sent since."),
                code="temporary_password_used",
            )
        if until <= timezone.now():
            raise Refused(
                _("This temporary password is too old. Please ask for a new one."),
                code="temporary_password_expired",
            )
        user.password, user.temporary_password_until = hashed, None
        user.save(update_fields=["password", "temporary_password_until"])
        audit.record("temporary_password.replaced", who=who_is(user), object=user)
        _confirm_address(user)
    return user


def _require_good(user: User, new_password: str) -> None:
    try:
        validate_password(new_password, user)
    except ValidationError as error:
        raise refused(error, field="new_password") from error
    if check_password(new_password, user.password):
        raise Refused(
            _("Please choose another password than the temporary one."),
            code="same_password",
            attr="new_password",
        )


def _confirm_address(user: User) -> None:
    address = EmailAddress.objects.filter(user=user, email=user.email).first()
    if address is not None:
        address.set_verified()
