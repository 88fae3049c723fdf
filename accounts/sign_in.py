"""Signing in from an app: allauth's own flow (limits, lockout, stages) in a session of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from allauth.account.internal.flows.login import perform_password_login
from allauth.core import ratelimit
from allauth.headless.account.inputs import LoginInput
from allauth.headless.app_settings import TOKEN_STRATEGY
from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.constants import Client
from allauth.headless.internal.authkit import purge_request_user_cache
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.headless.internal.sessionkit import new_session
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError


class SignInRefused(DomainError):
    status = 401
    code = "invalid_credentials"
    message = _("The e-mail or the password is not right.")


class TooMany(DomainError):
    status = 429
    code = "throttled"
    message = _("Too many attempts. Please wait a few minutes and try again.")


@dataclass(frozen=True)
class SignedIn:
    user: User
    access: str
    refresh: str


def sign_in(request: HttpRequest, *, email: str, password: str) -> SignedIn:
    """Raises TooMany, and SignInRefused: `invalid_credentials`, `account_inactive`, `email_not_verified`."""
    limit(request, "login")
    with _session_of_its_own(request):
        form = LoginInput({"email": email, "password": password})
        if not form.is_valid():
            raise _refusal(form)
        if not form.login.user.is_active:
            raise SignInRefused(_("This account is not active."), code="account_inactive")
        answer = perform_password_login(request, form.cleaned_data, form.login)
        tokens = json.loads(AuthenticationResponse.from_response(request, answer).content)["meta"]
        if not isinstance(request.user, User):
            request.session.flush()
            raise SignInRefused(
                _("Please confirm your e-mail first: we have sent you a link."), code="email_not_verified"
            )
        return SignedIn(request.user, tokens["access_token"], tokens["refresh_token"])


def refresh(request: HttpRequest, *, refresh_token: str) -> tuple[str, str]:
    """A new access and a new refresh token. Raises TooMany, and SignInRefused `token_not_valid`."""
    limit(request, "refresh_token")
    pair: tuple[str, str] | None = TOKEN_STRATEGY.refresh_token(refresh_token)
    if pair is None:
        raise SignInRefused(_("Please sign in again."), code="token_not_valid")
    return pair


@contextmanager
def _session_of_its_own(request: HttpRequest) -> Iterator[None]:
    """Whatever cookie or token came along: each sign-in of an app starts a new session, kept if it comes to one."""
    mark_request_as_headless(request, Client.APP)
    request.allauth.headless._pre_user = AnonymousUser()  # type: ignore[attr-defined]
    user, session = request.user, request.session
    request.session = new_session()
    purge_request_user_cache(request)
    try:
        yield
        if not request.session.is_empty():
            request.session.save()
    finally:
        request.user, request.session = user, session
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = False


def limit(request: HttpRequest, action: str) -> None:
    """Counts against allauth's limits, which hold exactly under parallel requests. Raises TooMany."""
    if not ratelimit.consume(request, action=action):
        raise TooMany


def _refusal(form: LoginInput) -> DomainError:
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    return TooMany() if "too_many_login_attempts" in codes else SignInRefused()
