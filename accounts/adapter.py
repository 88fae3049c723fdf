"""How allauth behaves here: closed sign-up, our words, our outbox for its mail."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts import mail
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is not active."),
        "email_password_mismatch": _("The e-mail or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Please wait a few minutes and try again."),
        "invalid_password_reset": _("This link is not valid any more."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """A device where no language was chosen speaks the person's own."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                samesite="Lax",
            )
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the reader's language, through the outbox like every other mail."""
        mail.queue_mail(
            template=f"account_{template_prefix.rsplit('/', 1)[-1]}",
            context={"email": email, "url": context.get("password_reset_url") or context.get("activate_url")},
            recipient=email,
            language=_language_of(email),
        )


def _language_of(email: str) -> str:
    known = User.objects.filter(email__iexact=email).values_list("language", flat=True).first()
    active = (translation.get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return known or active
