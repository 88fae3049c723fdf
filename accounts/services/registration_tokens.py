"""Private registration: IT issues a token, which lets one professional register, once and for some days."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import NamedTuple, Unpack
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils import timezone as clock
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.models import RegistrationToken, Specialty, User
from accounts.names import folded
from accounts.services.professionals import Described
from accounts.services.refusals import email_taken
from accounts.services.registration import make_professional, new_account, require_address, tell_owner
from accounts.services.temporary_passwords import Secret, hand_out
from core import audit
from core.errors import Refused

LIFETIME = timedelta(days=7)
_SALT = "accounts.registration_token"


class Issued(NamedTuple):
    row: RegistrationToken
    token: str  # nowhere kept


def issue_registration_token(*, by: User, email: str = "", language: str = "es") -> Issued:
    """With an e-mail, only that address can use it, and is sent the link. Raises Refused: `invalid_email`,
    `email_taken`."""
    address = require_address(email) if email.strip() else ""
    if address and User.objects.filter(email=address).exists():
        raise email_taken()
    with transaction.atomic():
        row = RegistrationToken.objects.create(email=address, issued_by=by, expires_at=clock.now() + LIFETIME)
        token = signing.dumps(str(row.pk), salt=_SALT)
        if address:
            letters.invitation(address, token, LIFETIME, language)
        audit.record("registration_token.issued", object=row)
    return Issued(row, token)


def withdraw_registration_token(*, token_id: UUID) -> None:
    """It opens nothing any more. One that was used, or is too old, stays as it is."""
    now = clock.now()
    usable = RegistrationToken.objects.filter(pk=token_id, used_at=None, expires_at__gt=now)
    with transaction.atomic():
        if usable.update(expires_at=now):
            audit.record("registration_token.withdrawn", object=RegistrationToken(pk=token_id))


def usable_token(token: str, *, lock: bool = False) -> RegistrationToken:
    """Raises Refused (attr `registration_token`): `invalid_registration_token`, `registration_token_used`,
    `registration_token_expired`."""
    rows = RegistrationToken.objects.select_for_update(of=("self",)) if lock else RegistrationToken.objects
    try:
        row = rows.select_related("issued_by").filter(pk=UUID(signing.loads(token, salt=_SALT))).first()
    except (signing.BadSignature, ValueError):
        row = None
    if row is None:
        raise _refusal(_("This invitation is not valid."), "invalid_registration_token")
    if row.used_at is not None:
        raise _refusal(_("This invitation was used already."), "registration_token_used")
    if row.expires_at <= clock.now():
        raise _refusal(
            _("This invitation is too old. Please ask for a new one."), "registration_token_expired"
        )
    return row


def register_medical_professional(
    *,
    token: str,
    email: str,
    name: str,
    language: str,
    licence: str,
    timezone: str = "",
    specialty: str = "",
    **described: Unpack[Described],
) -> None:
    """An approved practice, whose professional gets a temporary password by e-mail. The token is spent, also where
    the address has an account already: else it would tell whose addresses are known. Without `timezone` it is that
    of whoever issued the token; `specialty` is a slug or a name.

    Raises Refused: as `usable_token`, `registration_token_email` (it was issued to another address), or what is
    wrong with a field.
    """
    usable_token(token)
    address = require_address(email)
    secret = Secret.new()
    with transaction.atomic():
        row = _lock_for(address, token)
        issuer_zone = row.issued_by.timezone if row.issued_by else ""
        make = partial(
            make_professional,
            password=None,
            # Confirmed by using the password that is sent there.
            verified=False,
            approved=True,
            name=name,
            timezone=timezone or issuer_zone or settings.TIME_ZONE,
            language=language,
            licence=licence,
            specialties=[specialty_named(specialty)] if specialty else [],
            **described,
        )
        user = new_account(address, make)
        if user is None:
            tell_owner(address, language)
        else:
            hand_out(user, secret)
        row.used_at, row.used_by = clock.now(), user
        row.save(update_fields=["used_at", "used_by"])
        audit.record("registration_token.used", object=row)


def _lock_for(address: str, token: str) -> RegistrationToken:
    """The token, while it is spent. Raises Refused: as `usable_token`, `registration_token_email`."""
    row = usable_token(token, lock=True)
    if row.email and row.email != address:
        raise Refused(
            _("This invitation was sent to another address."), code="registration_token_email", attr="email"
        )
    return row


def specialty_named(name: str) -> Specialty:
    """By its address or its name in any language, as people write it; one that nobody has named yet is added. Raises
    Refused `unknown_specialty` for what is no name."""
    wanted = folded(name)
    for specialty in Specialty.objects.all():
        if wanted in {specialty.slug, folded(specialty.name_es), folded(specialty.name_en)}:
            return specialty
    slug = slugify(name)[:60].strip("-")
    if not slug:
        raise Refused(_("Enter a specialty."), code="unknown_specialty", attr="specialty")
    specialty, _made = Specialty.objects.get_or_create(
        slug=slug, defaults={"name_es": name.strip()[:80], "name_en": name.strip()[:80]}
    )
    return specialty


def _refusal(message: object, code: str) -> Refused:
    return Refused(str(message), code=code, attr="registration_token")
