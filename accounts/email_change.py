"""Moving an account to another e-mail.

Nothing is written before the link in the new address has been opened: the link itself holds what was asked for, and
an address that was merely typed opens nothing, neither a sign-in nor a reset. The link counts only for who is signed
in to the account, so that a letter to a mistyped address is of no use to whoever reads it.
"""

from __future__ import annotations

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification import consume_email_verification_rate_limit
from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import letters
from accounts.models import Patient, User
from accounts.own_password import require_own_password
from accounts.services.registration import require_address
from core import audit, outbox
from core.errors import Refused
from core.limits import require_within

LINK_LASTS = timedelta(days=3)
# With the account and the `old` address by its blind index: who has an account with it moves what is theirs.
CHANGED = "account.email_changed"
_SALT = "accounts.email_change"


def ask(request: HttpRequest, *, user: User, email: str, password: str) -> None:
    """Sends the link to the new address, or tells its owner that there is an account already; who asks cannot tell
    which. Within minutes of a letter to that address there is no second one.

    Raises TooMany, and Refused: `no_password`, `wrong_password`, `same_email`, `invalid_email`.
    """
    require_within(request, group="email_change", rate="20/h")
    require_own_password(user, password)
    address = require_address(email)
    if address == user.email:
        raise Refused(_("This is the e-mail of your account."), code="same_email", attr="email")
    if not consume_email_verification_rate_limit(request, address):
        return
    if owner := _owner_of(address):
        letters.address_wanted_elsewhere(address, owner.language)
    else:
        letters.confirm_new_address(address, _key(user, address), user.language)


def address_of(key: str, user: User) -> str:
    """The new address. Raises Refused `invalid_key` for a link that is too old, was used, or is another account's."""
    try:
        wanted = signing.loads(key, salt=_SALT, max_age=LINK_LASTS)
    except signing.BadSignature as error:
        raise _invalid() from error
    if wanted["user"] != str(user.pk) or wanted["old"] != user.email:
        raise _invalid()
    return str(wanted["new"])


def confirm(request: HttpRequest, *, user: User, key: str) -> User:
    """From now on the account has the new address, which is verified; the old one is told. Records of the person in
    practices follow by themselves.

    Raises Refused: `invalid_key`, or `email_taken` when somebody else has got the address meanwhile.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        new, old = address_of(key, user), user.email
        if _owner_of(new) or not _verified(request, user, new):
            raise Refused(_("There is already an account with this e-mail."), code="email_taken", attr="key")
        audit.record("email.changed", object=user)
        outbox.publish(CHANGED, {"user_id": str(user.pk), "old": Patient.index_of_email(old)})
    return user


def _verified(request: HttpRequest, user: User, address: str) -> bool:
    """By allauth's own flow: the new address in the place of the old one, which is written to."""
    try:
        with transaction.atomic():
            return bool(get_adapter().confirm_email(request, EmailAddress(user=user, email=address)))
    except IntegrityError:
        return False


def _owner_of(address: str) -> User | None:
    """Who signs in with it, or has verified it."""
    verified = Q(emailaddress__email=address, emailaddress__verified=True)
    return User.objects.filter(Q(email=address) | verified).first()


def _key(user: User, new: str) -> str:
    return signing.dumps({"user": str(user.pk), "old": user.email, "new": new}, salt=_SALT)


def _invalid() -> Refused:
    return Refused(
        _("This link is not valid any more, or it belongs to another account."),
        code="invalid_key",
        attr="key",
    )
