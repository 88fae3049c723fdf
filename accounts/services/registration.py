"""People register themselves. What they are told is the same whether their address is known or not: the rest is said
in a letter, which only the owner of the address reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Unpack
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.models import Role, User
from accounts.services.professionals import OfPractice, create_professional
from accounts.services.refusals import refused
from accounts.services.users import create_user
from core import audit
from core.errors import Refused

# Makes an account with the address it is given.
Make = Callable[[str], User]


def register_patient(*, email: str, password: str, name: str, language: str, timezone: str = "") -> None:
    """An account, good once its address is confirmed by the link that is sent there.

    Raises Refused with the field that is wrong; never because the address has an account already.
    """
    make = partial(_patient, password=password, name=name, language=language, timezone=timezone)
    _register(make, email=email, password=password, name=name, language=language)


def register_professional(
    *,
    email: str,
    password: str,
    name: str,
    timezone: str,
    language: str,
    **practice: Unpack[OfPractice],
) -> None:
    """An account with a practice and its rules, good once the address is confirmed. Where the installation says so
    (`PROFESSIONALS_NEED_APPROVAL`), nobody finds the practice until staff have approved it.

    Raises Refused as `register_patient`.
    """
    make = partial(
        make_professional,
        password=password,
        verified=False,
        approved=not settings.PROFESSIONALS_NEED_APPROVAL,
        name=name,
        timezone=timezone,
        language=language,
        **practice,
    )
    _register(make, email=email, password=password, name=name, language=language)


def resend_confirmation(*, email: str, language: str) -> None:
    """The link once more; or what else there is to say about the address, to whoever reads its mail."""
    found = EmailAddress.objects.filter(email=email.strip().lower(), user__is_active=True)
    address = found.select_related("user").order_by("-verified", "pk").first()
    if address is None:
        letters.nobody_registered(email.strip(), language)
    elif address.verified:
        letters.already_registered(address.email, address.user.language)
    else:
        letters.confirm_address(address)


def make_professional(
    email: str,
    *,
    password: str | None,
    verified: bool,
    approved: bool,
    name: str,
    timezone: str,
    language: str,
    **practice: Unpack[OfPractice],
) -> User:
    """A user who is a professional. Raises Refused: `email_taken`, or what is wrong with a field."""
    user = create_user(
        email=email,
        password=password,
        role=Role.PROFESSIONAL,
        name=name,
        language=language,
        timezone=timezone,
        verified=verified,
    )
    create_professional(
        user=user, name=name, timezone=timezone, languages=[language], approved=approved, **practice
    )
    return user


def new_account(address: str, make: Make) -> User | None:
    """What `make` makes, or None where the address belongs to somebody. The work is the same: else its time would
    tell. The caller is in a transaction. Raises what `make` raises."""
    if not _belongs_to_somebody(address):
        try:
            return _made(address, make)
        except Refused as refusal:
            if refusal.code != "email_taken":
                raise
            # Somebody else was faster.
    with transaction.atomic():
        _made(f"{uuid4()}@nobody.invalid", make)
        transaction.set_rollback(True)
    return None


def _made(address: str, make: Make) -> User:
    user = make(address)
    audit.record("account.registered", object=user, role=user.role)
    return user


def require_address(email: str) -> str:
    """As it is kept. Raises Refused `invalid_email`."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Refused(_("Enter a valid e-mail address."), code="invalid_email", attr="email") from error
    return address


def tell_owner(address: str, language: str) -> None:
    """That there is an account already."""
    owner = User.objects.filter(email=address).first()
    letters.already_registered(address, owner.language if owner else language)


def _patient(email: str, *, password: str, name: str, language: str, timezone: str) -> User:
    return create_user(
        email=email, password=password, name=name, language=language, timezone=timezone, verified=False
    )


@transaction.atomic
def _register(make: Make, *, email: str, password: str, name: str, language: str) -> None:
    address = require_address(email)
    try:
        # Before anybody is looked for: the answer may depend on the address itself, not on its account.
        validate_password(password, User(email=address, name=name))
    except ValidationError as error:
        raise refused(error) from error
    user = new_account(address, make)
    if user is None:
        tell_owner(address, language)
    else:
        letters.confirm_address(EmailAddress.objects.get(user=user))


def _belongs_to_somebody(address: str) -> bool:
    """An address that is merely asked for, and not confirmed, keeps nobody else from it."""
    own = Q(email=address)
    return User.objects.filter(own).exists() or EmailAddress.objects.filter(own, verified=True).exists()
