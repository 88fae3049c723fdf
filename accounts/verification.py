"""Confirming an address by the link that was sent there.

Whoever opens it also says the account's password (or is signed in): else somebody could register another's address
with a password of their own, and wait until that person, surprised by our letter, confirms it for them.
"""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.sign_in import SignInRefused
from core.errors import Refused, TooMany


def address_of(key: str) -> EmailAddress:
    """What the link would confirm. Raises Refused `invalid_key`."""
    confirmation = EmailConfirmationHMAC.from_key(key)
    if confirmation is None or not confirmation.email_address.can_set_verified():
        raise Refused(_("This link is not valid any more."), code="invalid_key", attr="key")
    return confirmation.email_address


def needs_password(request: HttpRequest, address: EmailAddress) -> bool:
    return request.user.pk != address.user_id and address.user.has_usable_password()


def confirm(request: HttpRequest, *, key: str, password: str = "") -> User:
    """The owner of the address, which counts as theirs from now on. Once.

    Raises Refused `invalid_key`, TooMany, SignInRefused `invalid_credentials`.
    """
    address = address_of(key)
    if needs_password(request, address):
        _require_password(request, address, password)
    if not get_adapter().confirm_email(request, address):
        raise Refused(_("This link is not valid any more."), code="invalid_key", attr="key")
    return address.user


def _require_password(request: HttpRequest, address: EmailAddress, password: str) -> None:
    wrong = SignInRefused(_("This is not your current password."), attr="password")
    try:
        if prove(request, address.email, password) != address.user:
            raise wrong
    except SignInRefused as refusal:
        raise wrong from refusal


def prove(request: HttpRequest, email: str, password: str) -> User:
    """Whose address and password these are. Raises TooMany, and SignInRefused: `invalid_credentials`,
    `account_inactive`."""
    try:
        user = get_adapter().authenticate(request, email=email, password=password)
    except ValidationError as error:
        raise TooMany from error
    if not isinstance(user, User):
        raise SignInRefused
    if not user.is_active:
        raise SignInRefused(_("This account is not active."), code="account_inactive")
    return user
