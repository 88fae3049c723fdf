"""Before something that matters: is it still the same person?"""

from __future__ import annotations

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.own_password import require_own_password
from core.errors import Refused


class PasswordNeeded(Refused):
    code = "password_required"
    message = _("Please start again with your password.")

    def __init__(self) -> None:
        super().__init__(attr="password")


def confirm_password(request: HttpRequest, user: User, password: str) -> None:
    """Counts as a recent proof in the request's session. An account without a password (signed in by Google) has
    none to ask for. Raises TooMany, and Refused `wrong_password`."""
    if not user.has_usable_password():
        return
    require_own_password(user, password)
    reauthenticate_by_password(request)
