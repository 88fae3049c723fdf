"""Who is at the other end of a WebSocket: a credential in the subprotocols, or the session cookie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host
from rest_framework.exceptions import AuthenticationFailed

from accounts.api.authentication import BearerAuthentication
from accounts.models import User
from accounts.second_factor.rule import SecondFactorRequired, lacks_second_factor
from accounts.sessions import is_signed_in
from core.audit import Who
from core.audit.trail import NOBODY_KNOWN
from core.middleware import is_session_key
from live import tickets
from live.audited import note_refused

SUBPROTOCOL = "vicita"
Scope = Mapping[str, Any]


@dataclass(frozen=True)
class Identity:
    """`person` is "user:<uuid>" or what a ticket says; `expires_at` is in seconds since 1970; `account` is who has
    to stay signed in for it, None for somebody with a private link."""

    person: str
    expires_at: float
    account: UUID | None = None
    role: str = NOBODY_KNOWN.role

    @property
    def who(self) -> Who:
        return Who(self.account, self.role)


def credential(scope: Scope) -> str:
    """The token in `Sec-WebSocket-Protocol: vicita, <token>`; browsers can send no other header."""
    return next((offered for offered in scope["subprotocols"] if offered != SUBPROTOCOL), "")


def identify(scope: Scope) -> Identity | None:
    """Asks the database; None for nobody. A token that was sent decides alone, whatever the cookie says."""
    if token := credential(scope):
        return _by_ticket(token, scope) or _by_access_token(token, scope)
    return _by_session(scope)


def from_our_pages(scope: Scope) -> bool:
    """Whether a browser came from a page of ours: cookies travel from everywhere, so they count only then."""
    origin = _header(scope, b"origin")
    if origin == settings.PUBLIC_URL:
        return True
    host = _header(scope, b"host")
    return urlsplit(origin).netloc == host != "" and validate_host(
        split_domain_port(host)[0], settings.ALLOWED_HOSTS
    )


def _by_ticket(token: str, scope: Scope) -> Identity | None:
    ticket = tickets.read(token)
    if ticket is None or ticket.sign_in is None:
        return Identity(ticket.person, ticket.expires_at) if ticket else None
    user = User.objects.filter(pk=ticket.sign_in.user_id).first()
    if user is None or not _may_come_in(user, scope) or not is_signed_in(user, ticket.sign_in.session_id):
        return None
    return Identity(ticket.person, ticket.expires_at, user.pk, user.role)


def _by_access_token(token: str, scope: Scope) -> Identity | None:
    try:
        user, claims = BearerAuthentication().authenticate_credentials(token)
    except AuthenticationFailed:
        return None
    return (
        Identity(f"user:{user.pk}", claims["exp"], user.pk, user.role) if _may_come_in(user, scope) else None
    )


def _by_session(scope: Scope) -> Identity | None:
    key = parse_cookie(_header(scope, b"cookie")).get(settings.SESSION_COOKIE_NAME)
    if not key or not is_session_key(key):
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = auth.get_user(request)
    if not isinstance(user, User) or not _may_come_in(user, scope):
        return None
    ends_at = request.session.get_expiry_date().timestamp()
    return Identity(f"user:{user.pk}", ends_at, user.pk, user.role)


def _may_come_in(user: User, scope: Scope) -> bool:
    if not user.is_active:
        return False
    if lacks_second_factor(user):
        note_refused(scope, Who(user.pk, user.role), SecondFactorRequired.code)
        return False
    return True


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin1") for key, value in scope["headers"] if key == name), "")
