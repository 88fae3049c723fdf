"""Signing in with Google, where the installation has set it up.

Google says who somebody is, by an e-mail it has verified; what they may do here is decided as for everybody else:
login stages (second factor, temporary password) come after this.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.audited import whose_address
from accounts.models import User
from accounts.second_factor import rule
from core import audit
from core.errors import DomainError, Refused

PROVIDER = "google"


def is_configured() -> bool:
    return bool(settings.GOOGLE_CLIENT_ID and settings.GOOGLE_CLIENT_SECRET)


def to_google(request: HttpRequest) -> HttpResponse:
    """Off to Google, with a state, a nonce and a PKCE challenge of this session."""
    nonce = secrets.token_urlsafe()
    response: HttpResponse = (
        get_adapter(request)
        .get_provider(request, PROVIDER)
        .redirect(
            request,
            process=AuthProcess.LOGIN,
            next_url=get_next_redirect_url(request),
            auth_params={"nonce": nonce, "prompt": "select_account"},
            nonce=nonce,
        )
    )
    return response


class SocialAdapter(DefaultSocialAccountAdapter):
    """allauth's, with our rules of whom Google may speak for."""

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Joins an account that is there already, if both sides have verified the address."""
        return _verified_by_google(login) and _verified_here(email)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Lets in, makes the account of somebody new, or leads back to the sign-in with a word why not."""
        try:
            _require_nonce(sociallogin)
            if not sociallogin.is_existing:
                _require_verified(sociallogin)
                _take_in(request, sociallogin)
            _require_second_factor(sociallogin.user)
        except DomainError as refusal:
            audit.attempted(
                "sign_in.refused",
                who=whose_address(str(sociallogin.account.extra_data.get("email", ""))),
                method=PROVIDER,
                code=refusal.code,
            )
            raise _back_to_sign_in(request, refusal.message) from refusal
        _forget_what_google_told(sociallogin)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **about: Any) -> None:
        """Cancelled there, too late, or forged."""
        audit.attempted("sign_in.refused", method=PROVIDER, code="provider")
        raise _back_to_sign_in(request, _("Signing in with Google did not work. Please try again."))


def _require_nonce(login: SocialLogin) -> None:
    """The answer is about this very question."""
    asked, said = login.state.get("nonce", ""), login.account.extra_data.get("nonce", "")
    if not asked or not hmac.compare_digest(asked.encode(), str(said).encode()):
        raise Refused(_("Signing in with Google did not work. Please try again."), code="nonce")


def _require_verified(login: SocialLogin) -> None:
    if not _verified_by_google(login):
        raise Refused(_("Google has not verified your e-mail yet."), code="email_not_verified")


def _require_second_factor(user: User) -> None:
    """Google's word alone opens nothing to staff."""
    if rule.lacks_second_factor(user):
        raise Refused(
            _("Your role needs sign-in in two steps. Sign in with your password and set it up first."),
            code=rule.SecondFactorRequired.code,
        )


def _take_in(request: HttpRequest, login: SocialLogin) -> None:
    """A patient's account for somebody new. Raises Refused `email_taken` for an address that somebody has entered
    here and never confirmed: its owner gets the account by the link to a new password."""
    said = login.account.extra_data
    language = (translation.get_language() or settings.LANGUAGE_CODE).partition("-")[0]
    try:
        login.user = services.create_user(
            email=said["email"], password=None, name=str(said.get("name") or "")[:120], language=language
        )
    except Refused as refusal:
        if refusal.code != "email_taken":
            raise
        raise Refused(
            _("There is an account with this e-mail that was never confirmed. Please choose a new password."),
            code="email_taken",
        ) from refusal
    audit.record("account.registered", object=login.user, role=login.user.role, method=PROVIDER)
    login.save(request, connect=True)


def _verified_by_google(login: SocialLogin) -> bool:
    said = login.account.extra_data
    return said.get("email_verified") is True and bool(said.get("email"))


def _verified_here(email: str) -> bool:
    return EmailAddress.objects.filter(email=email.lower(), verified=True).exists()


def _forget_what_google_told(login: SocialLogin) -> None:
    """Name, picture and the like are not ours to keep: the number of the account is enough."""
    login.account.extra_data = {}
    if not login.account._state.adding:
        login.account.save(update_fields=["extra_data"])


def _back_to_sign_in(request: HttpRequest, words: str | Promise) -> ImmediateHttpResponse:
    messages.error(request, str(words))
    return ImmediateHttpResponse(redirect("account_login"))
