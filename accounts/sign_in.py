"""Signing in from an app: allauth's own flow (limits, lockout, stages) in a session of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.stages import EmailVerificationStage, LoginStage
from allauth.core import ratelimit
from allauth.headless.account.inputs import LoginInput
from allauth.headless.app_settings import TOKEN_STRATEGY
from allauth.headless.base.response import AuthenticationResponse
from allauth.headless.constants import Client
from allauth.headless.internal.authkit import purge_request_user_cache
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.headless.internal.sessionkit import new_session
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.stages import AuthenticateStage
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.audited import who_is
from accounts.models import User
from accounts.second_factor.codes import use_code
from accounts.stages import ChooseOwnPassword
from core import audit
from core.errors import DomainError, TooMany


class SignInRefused(DomainError):
    status = 401
    code = "invalid_credentials"
    message = _("The e-mail or the password is not right.")


class SecondFactorMissing(SignInRefused):
    code = "second_factor_required"
    message = _("Please enter the code of your app, or one of your recovery codes.")

    def __init__(self) -> None:
        super().__init__(attr="code")


class InvalidCode(SecondFactorMissing):
    code = "invalid_code"
    message = _("This code is not right, or was used already.")


class EmailNotVerified(SignInRefused):
    code = "email_not_verified"
    message = _("Please confirm your e-mail first: we have sent you a link.")


class PasswordChangeRequired(DomainError):
    status = 403
    code = "password_change_required"
    message = _("This password was sent by e-mail. Please choose one of your own first.")


# What an app hears about a step that it cannot take here, by allauth's key of the step.
_REFUSALS: dict[str, type[DomainError]] = {
    EmailVerificationStage.key: EmailNotVerified,
    ChooseOwnPassword.key: PasswordChangeRequired,
}


@dataclass(frozen=True)
class SignedIn:
    user: User
    access: str
    refresh: str


def sign_in(request: HttpRequest, *, email: str, password: str, code: str = "") -> SignedIn:
    """`code`: of the person's app or a recovery code, where the account asks for two steps.

    Raises TooMany, and SignInRefused: `invalid_credentials`, `account_inactive`, or what another step says.
    """
    limit(request, "login")
    with session_of_its_own(request):
        form = LoginInput({"email": email, "password": password})
        if not form.is_valid():
            raise _refusal(form)
        if not form.login.user.is_active:
            inactive = SignInRefused(_("This account is not active."), code="account_inactive")
            raise _noted(form.login.user, inactive)
        answer = perform_password_login(request, form.cleaned_data, form.login)
        return come_in(request, answer, code=code)


def come_in(request: HttpRequest, answer: HttpResponse, *, code: str = "") -> SignedIn:
    """Takes the second step with the code, and gives the tokens. `answer` is of allauth's login flow, in a session
    of its own (`session_of_its_own`), which ends when another step is still to be taken.

    Raises TooMany, and SignInRefused `second_factor_required`, `invalid_code`, `email_not_verified`, or another's.
    """
    try:
        stage = get_pending_stage(request)
        if isinstance(stage, AuthenticateStage):
            _prove(request, stage, code)
            answer = stage.exit()
        if (waiting := get_pending_stage(request)) is not None:
            raise _noted(waiting.login.user, _REFUSALS[waiting.key]())
    except DomainError:
        request.session.flush()
        raise
    tokens = json.loads(AuthenticationResponse.from_response(request, answer).content)["meta"]
    return SignedIn(cast(User, request.user), tokens["access_token"], tokens["refresh_token"])


def refresh(request: HttpRequest, *, refresh_token: str) -> tuple[str, str]:
    """A new access and a new refresh token. Raises TooMany, and SignInRefused `token_not_valid`."""
    limit(request, "refresh_token")
    pair: tuple[str, str] | None = TOKEN_STRATEGY.refresh_token(refresh_token)
    if pair is None:
        raise SignInRefused(_("Please sign in again."), code="token_not_valid")
    return pair


def _prove(request: HttpRequest, stage: LoginStage, code: str) -> None:
    if not code:
        raise _noted(stage.login.user, SecondFactorMissing())
    try:
        post_authentication(request, use_code(stage.login.user, code))
    except ValidationError as error:
        raise TooMany if error.code == "too_many_login_attempts" else InvalidCode from error


@contextmanager
def session_of_its_own(request: HttpRequest) -> Iterator[None]:
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


def limit(request: HttpRequest, action: str, *, key: str | None = None) -> None:
    """Counts against allauth's limits (those "/key" by `key`), which hold exactly under parallel requests. Raises
    TooMany."""
    if not ratelimit.consume(request, action=action, key=key):
        raise TooMany


def _noted(user: Any, refusal: DomainError) -> DomainError:
    """Of somebody who knew the password."""
    audit.attempted("sign_in.refused", who=who_is(user), object=user, code=refusal.code)
    return refusal


def _refusal(form: LoginInput) -> DomainError:
    codes = {error.code for errors in form.errors.as_data().values() for error in errors}
    return TooMany() if "too_many_login_attempts" in codes else SignInRefused()
