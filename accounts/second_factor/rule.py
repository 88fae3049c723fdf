"""Who must have a second factor before anything else: the one rule for pages, API, admin and WebSocket."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import NotAllowed

# What somebody who has none yet still reaches, by name of the route: setting it up, leaving, and what tells nothing.
OPEN_ROUTES = frozenset(
    {
        "account_inactive",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "api_logout",
        "api_recovery_codes",
        "api_totp",
        "demo_codes",
        "health",
        "health_ready",
        "mailbox",
        "mailbox_attachment",
        "mailbox_body",
        "mailbox_mail",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_view_recovery_codes",
        "set_language",
    }
)


_KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorRequired(NotAllowed):
    code = "second_factor_required_for_role"
    message = _("Your role needs sign-in in two steps. Please set it up first.")


def has_second_factor(user: User) -> bool:
    """Recovery codes alone are none: they exist for somebody who lost it."""
    return Authenticator.objects.filter(user=user, type__in=_KINDS).exists()


def owns_second_factor() -> Exists:
    """The same as a condition, for lists of users."""
    return Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=_KINDS))


def lacks_second_factor(user: User) -> bool:
    """Whether the person's role asks for one that they have not set up."""
    return user.role in settings.SECOND_FACTOR_ROLES and not has_second_factor(user)


def check(user: User | AnonymousUser, route: str | None) -> None:
    """Raises SecondFactorRequired where somebody who lacks one may not be."""
    if isinstance(user, User) and route not in OPEN_ROUTES and lacks_second_factor(user):
        raise SecondFactorRequired
