"""Before something that matters: is it still the same person?"""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import Refused, TooMany


class WrongPassword(Refused):
    code = "wrong_password"
    message = _("The password is not right.")

    def __init__(self) -> None:
        super().__init__(attr="password")


class PasswordNeeded(Refused):
    code = "password_required"
    message = _("Please give your password again, and begin anew.")

    def __init__(self) -> None:
        super().__init__(attr="password")


def confirm_password(request: HttpRequest, user: User, password: str) -> None:
    """Counts as a recent proof in the request's session. An account without a password (signed in by Google) has
    none to ask for. Raises TooMany, WrongPassword."""
    if not user.has_usable_password():
        return
    if not ratelimit.consume(request, action="reauthenticate", user=user):
        raise TooMany
    try:
        if not get_adapter().reauthenticate(user, password):
            raise WrongPassword
    except ValidationError as error:
        raise TooMany from error
    reauthenticate_by_password(request)
