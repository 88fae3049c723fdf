"""How allauth behaves here: closed sign-up, our words, our outbox for its mail."""

from __future__ import annotations

import ipaddress
import time
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import lockout, mail, services, sessions
from accounts.audited import who_is, whose_address
from accounts.language import remember_language
from accounts.models import User
from accounts.own_password import is_own_password
from core import audit
from core.errors import DomainError

# Ways to sign in, by allauth's names, that show who is there.
_PROOFS = {"password", "socialaccount", "mfa"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is not active."),
        "email_password_mismatch": _("The e-mail or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Please wait a few minutes and try again."),
        "invalid_password_reset": _("This link is not valid any more."),
    }

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not for whoever has signed in a moment ago: that was a proof as good as typing the password again."""
        return super().is_reauthentication_required(app=app, **kwargs) and not _signed_in_just_now(
            self.request
        )

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whoever is signed in and guesses does not lock the owner out. Raises TooMany."""
        return is_own_password(user, password)

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        super().logout(request)
        if isinstance(user, User):
            audit.record("session.signed_out", who=who_is(user), object=user)
            sessions.tell_ended(user.pk)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """What is no address at all is none to lead to, either."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def get_login_stages(self) -> list[str]:
        """First of all: a temporary password shows that its mail was read, as confirming the address would."""
        return ["accounts.stages.ChooseOwnPassword", *super().get_login_stages()]

    def get_client_ip(self, request: HttpRequest) -> str:
        """The visitor's, as far as TRUSTED_PROXY_COUNT proxies of ours tell. A request that came past some of them
        is known by who connected: what else it says of itself anybody could write."""
        hops = request.headers.get("X-Forwarded-For", "").count(",") + 1
        if hops < settings.ALLAUTH_TRUSTED_PROXY_COUNT:
            return _unmapped(request.META.get("REMOTE_ADDR", ""))
        return _unmapped(super().get_client_ip(request))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Our own counting of wrong passwords. Raises LockedOut, TooMany."""
        email = credentials.get("email", "")
        try:
            self._attempt = lockout.begin(request, email)
        except DomainError as refusal:
            _note_refusal(email, refusal.code)
            raise

    def _rollback_login_failed_rl_usage(self) -> None:
        self._attempt.was_right()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._attempt.was_wrong()
        _note_refusal(credentials.get("email", ""), "invalid_credentials")

    def set_password(self, user: User, password: str) -> None:
        """Whatever way a password of one's own comes in, the temporary one is no more."""
        user.temporary_password_until = None
        super().set_password(user, password)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """A device where no language was chosen speaks the person's own."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            remember_language(response, user.language)
        audit.record("sign_in.succeeded", who=who_is(user), object=user, method=_method(request, user))
        lockout.remember_device(request, response, user.email)
        services.try_to_claim(user)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        audit.attempted("sign_in.refused", who=who_is(user), object=user, code="account_inactive")
        return cast(HttpResponse, super().respond_user_inactive(request, user))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """What was done with the address as a guest joins its account."""
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            # After whoever changes the address: a practice's lock comes before those of an account.
            transaction.on_commit(partial(services.try_to_claim, email_address.user))
        return confirmed

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the reader's language, through the outbox like every other mail."""
        mail.queue_mail(
            template=f"account_{template_prefix.rsplit('/', 1)[-1]}",
            context={
                "email": email,
                "url": _at_home(context.get("password_reset_url") or context.get("activate_url") or ""),
            },
            recipient=email,
            language=_language_of(email),
        )


def _note_refusal(email: str, code: str) -> None:
    audit.attempted("sign_in.refused", who=whose_address(email), method="password", code=code)


def _method(request: HttpRequest, user: User) -> str:
    """The steps that were taken, such as "password+totp"."""
    records = get_authentication_records(request, user)
    return "+".join(str(one.get("type") or one.get("provider") or one["method"]) for one in records)


def _signed_in_just_now(request: HttpRequest) -> bool:
    records = get_authentication_records(request, cast(User, request.user))
    since = time.time() - account_settings.REAUTHENTICATION_TIMEOUT
    return any(record["at"] > since for record in records if record["method"] in _PROOFS)


def _at_home(url: str) -> str:
    """Under the address of the installation, whatever the request called it."""
    return settings.PUBLIC_URL + urlsplit(url).path if url else ""


def _unmapped(address: str) -> str:
    """An IPv4 address that a socket for both writes as IPv6 (::ffff:192.0.2.1): all of them would be one network."""
    mapped = ipaddress.ip_address(address) if ":" in address else None
    return str(getattr(mapped, "ipv4_mapped", None) or address)


def _language_of(email: str) -> str:
    known = User.objects.filter(email__iexact=email).values_list("language", flat=True).first()
    active = (translation.get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return known or active
