"""The first sign-in of an app, with a temporary password: one's own takes its place on the way in."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.sign_in import SignedIn, limit, sign_in
from accounts.verification import prove
from core.errors import Refused


def sign_in_with_temporary_password(
    request: HttpRequest, *, email: str, temporary_password: str, new_password: str, code: str = ""
) -> SignedIn:
    """Raises TooMany, SignInRefused as `sign_in`, and Refused: `not_temporary` (it is the account's own password),
    `temporary_password_used`, or what is wrong with `new_password`."""
    limit(request, "login")
    user = prove(request, email, temporary_password)
    if user.temporary_password_until is None:
        raise Refused(
            _("This password is not a temporary one: please sign in with it."),
            code="not_temporary",
            attr="temporary_password",
        )
    with transaction.atomic():  # a code that is missing or wrong spends nothing
        services.replace_temporary_password(
            user_id=user.pk, opened_with=user.get_session_auth_hash(), new_password=new_password
        )
        return sign_in(request, email=email, password=new_password, code=code)
