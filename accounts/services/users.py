"""Who may sign in."""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import STAFF_ROLES, Role, User
from accounts.services import leaving
from accounts.services.refusals import email_taken, refused
from core.errors import Refused


def create_user(
    *,
    email: str,
    password: str | None,
    role: Role | str = Role.PATIENT,
    name: str = "",
    language: str = "es",
    timezone: str = "",
    verified: bool = True,
) -> User:
    """An account. `verified`: the caller vouches for the address, else its owner confirms it at the first
    sign-in. No password: one has to be set by the reset link.

    Raises Refused: `email_taken`, or what is wrong with a field.
    """
    address = email.strip().lower()
    try:
        if password is not None:
            validate_password(password, User(email=address, name=name))
        with transaction.atomic():
            user = User.objects.create_user(
                address,
                password,
                role=role,
                name=name,
                language=language,
                timezone=timezone,
                is_staff=role in STAFF_ROLES,
            )
            EmailAddress.objects.create(user=user, email=address, primary=True, verified=verified)
    except IntegrityError as error:
        raise email_taken() from error
    except ValidationError as error:
        raise refused(error) from error
    return user


def set_language(*, user: User, language: str) -> None:
    """The language of the pages and mails for this person."""
    user.language = language
    user.save(update_fields=["language"])


def set_active(*, user_id: UUID, active: bool, by: User, cancel_bookings: bool = False) -> User:
    """Staff let somebody sign in, or put them out at once: each use of a session checks this, and the sessions end,
    so that none comes back to life with the account. `cancel_bookings`: their appointments to come are cancelled by
    staff, soon after.

    Raises Missing, and Refused `own_account`, `last_it_admin`, `account_closed`.
    """
    if user_id == by.pk:
        raise Refused(_("You cannot deactivate your own account."), code="own_account")
    if active:
        return leaving.reactivate(user_id=user_id)
    return leaving.deactivate(user_id=user_id, by=by, cancel_bookings=cancel_bookings)


def owns_email(user: User, email: str) -> bool:
    """Whether the address is the account's own, and has been verified."""
    address = email.strip().lower()
    return EmailAddress.objects.filter(user=user, email=address, verified=True).exists()
