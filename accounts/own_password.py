"""The password, asked for again before something that matters."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts import lockout
from accounts.audited import who_is
from accounts.models import User
from core import audit
from core.errors import Refused


def require_own_password(user: User, password: str, *, field: str = "password") -> None:
    """To be called outside of a transaction: passwords are compared slowly, and what was tried counts whatever
    follows. `field` is where it was typed. Raises TooMany, and Refused `no_password`, `wrong_password`.
    """
    if not user.has_usable_password():
        raise Refused(
            _("Your account has no password yet. Ask for a link to choose one."), code="no_password"
        )
    if not is_own_password(user, password):
        raise Refused(_("This is not your current password."), code="wrong_password", attr=field)


def is_own_password(user: User, password: str) -> bool:
    """Counted apart from what is tried at sign-in. Raises TooMany."""
    attempt = lockout.begin_own(user.pk)
    if not user.check_password(password):
        audit.attempted("password.refused", who=who_is(user), object=user)
        return False
    attempt.was_right()
    return True
