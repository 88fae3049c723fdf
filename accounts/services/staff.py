"""IT opens accounts for professionals and staff."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Role, User
from accounts.services.registration import make_professional
from accounts.services.temporary_passwords import Secret, hand_out
from accounts.services.users import create_user
from core import audit


def open_account(*, email: str, name: str, role: str, language: str, timezone: str = "") -> User:
    """The person gets a temporary password by e-mail. A professional (whose `timezone` is needed) gets a practice
    with it, approved.

    Raises Refused: `email_taken`, or what is wrong with a field.
    """
    secret = Secret.new()
    with transaction.atomic():
        if role == Role.PROFESSIONAL:
            user = make_professional(
                email,
                password=None,
                verified=False,
                approved=True,
                name=name,
                timezone=timezone,
                language=language,
            )
        else:
            user = create_user(
                email=email,
                password=None,
                role=role,
                name=name,
                language=language,
                timezone=timezone,
                verified=False,
            )
        audit.record("account.opened", object=user, role=role)
        hand_out(user, secret)
    return user
