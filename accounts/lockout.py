"""How often a password may be wrong.

Each try is counted before it is judged, by one increment, so that parallel ones are judged exactly as often as the
number says; a right one is given back. What is counted are the tries at an e-mail, whether there is an account or
not, and those of an address. A device on which the account was signed in before has tries of its own: who guesses
elsewhere does not lock the person out there.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.audited import account
from core import audit, outbox
from core.errors import TooMany

LOCKED_OUT = "accounts.locked_out"
# The letter's link lifts every lock within this time, so there is one letter in this time.
LINK_SECONDS = 24 * 3600
DEVICE_COOKIE = "known_device"
DEVICE_SECONDS = 180 * 24 * 3600
_DEVICE_SALT = "accounts.known_device"


class LockedOut(TooMany):
    page = "account/locked_out.html"
    code = "locked_out"
    message = _(
        "Too many wrong passwords. If there is an account, we have sent its owner a link that ends the lock. You may "
        "also choose a new password, or wait a while and try again."
    )

    def __init__(self) -> None:
        super().__init__(retry_after=_lock_seconds())


@dataclass(frozen=True)
class Attempt:
    """A try that was counted and may be judged. Whoever judges says what came of it."""

    email: str
    counted: tuple[str, ...]

    def was_right(self) -> None:
        for key in self.counted:
            _give_back(key)

    def was_wrong(self) -> None:
        """The last one that is allowed starts the lock, and has the owner told."""
        key = _email_key(self.email)
        if key in self.counted and cache.get(key, 0) >= settings.LOCKOUT_FAILURES:
            cache.touch(key, _lock_seconds())
            _tell_once(self.email)


def begin(request: HttpRequest, email: str) -> Attempt:
    """Counts a try at the password of `email`. Raises LockedOut, and TooMany for an address that tries too many."""
    email = normal(email)
    if (device := _known_device(request, email)) and _count(device, settings.LOCKOUT_FAILURES):
        return Attempt(email, (device,))
    key, address = _email_key(email), _key("address", get_ip(request))
    if not _count(key, settings.LOCKOUT_FAILURES):
        raise LockedOut
    if not _count(address, settings.LOCKOUT_FAILURES_PER_ADDRESS):
        _give_back(key)
        raise TooMany(retry_after=_lock_seconds())
    return Attempt(email, (key, address))


def begin_own(user_id: object) -> Attempt:
    """Counts a try at the password of somebody who is signed in, apart from what others try. Raises TooMany."""
    key = _key("own", str(user_id))
    if not _count(key, settings.LOCKOUT_FAILURES):
        raise TooMany(retry_after=_lock_seconds())
    return Attempt("", (key,))


def unlock(email: str) -> None:
    """Ends the lock of an e-mail; the next one is told of anew."""
    cache.delete_many([_email_key(normal(email)), _told_key(normal(email))])


def locked(emails: Iterable[str]) -> set[str]:
    """Those of them for which nobody gets another try now, on devices that are not known."""
    keys = {_email_key(normal(email)): email for email in emails}
    counts = cache.get_many(keys)
    return {keys[key] for key, count in counts.items() if count >= settings.LOCKOUT_FAILURES}


def remember_device(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """This browser is the person's: what others try does not lock it out."""
    if _known_device(request, normal(email)):
        return
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps([_digest(normal(email)), secrets.token_urlsafe(12)], salt=_DEVICE_SALT),
        max_age=DEVICE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def normal(email: str) -> str:
    return email.strip().lower()


def _known_device(request: HttpRequest, email: str) -> str:
    """The counter of this device, where it is known for this e-mail."""
    try:
        whose, device = signing.loads(
            request.COOKIES.get(DEVICE_COOKIE, ""), salt=_DEVICE_SALT, max_age=DEVICE_SECONDS
        )
    except (signing.BadSignature, ValueError):
        return ""
    return _key("device", device) if whose == _digest(email) else ""


def _count(key: str, limit: int) -> bool:
    """Whether this try is within the limit. The time runs from the first one; one too many is not counted."""
    cache.add(key, 0, _lock_seconds())
    try:
        count = cache.incr(key)
    except ValueError:  # it has ended in between
        cache.set(key, count := 1, _lock_seconds())
    if count == 1:
        cache.touch(key, _lock_seconds())
    if count <= limit:
        return True
    _give_back(key)
    return False


def _give_back(key: str) -> None:
    try:
        cache.incr(key, -1)
    except ValueError:
        return  # it has ended in between


def _tell_once(email: str) -> None:
    """Has the owner told, by whoever delivers the outbox: here an unknown e-mail costs the same as a known one."""
    if not cache.add(_told_key(email), 1, LINK_SECONDS):
        return
    with transaction.atomic():
        owner = EmailAddress.objects.filter(email=email).values_list("user_id", flat=True).first()
        audit.record("lockout.began", object=account(owner))
        outbox.publish(LOCKED_OUT, {"user_id": str(owner or uuid4())})


def _lock_seconds() -> int:
    return int(settings.LOCKOUT_MINUTES) * 60


def _email_key(email: str) -> str:
    return _key("email", email)


def _told_key(email: str) -> str:
    return _key("told", email)


def _key(kind: str, value: str) -> str:
    return f"lockout:{kind}:{_digest(value)}"


def _digest(value: str) -> str:
    return salted_hmac("accounts.lockout", value, algorithm="sha256").hexdigest()[:32]
