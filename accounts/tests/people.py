"""People for tests, made by the services."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

from django.conf import settings

from accounts import services
from accounts.models import Patient, Professional, Role, User
from accounts.second_factor import codes, verbs

PASSWORD = "a-long-enough-one"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_numbers = count(1)


def user(role: Role = Role.PATIENT, *, two_step: bool | None = None, **fields: Any) -> User:
    """With a second factor where the role asks for one, or as `two_step` says."""
    defaults = {"email": f"{role}{next(_numbers)}@people.test", "password": PASSWORD}
    made = services.create_user(role=role, **(defaults | fields))
    if role in settings.SECOND_FACTOR_ROLES if two_step is None else two_step:
        give_second_factor(made)
    return made


def give_second_factor(user: User, secret: str = SECRET) -> None:
    """An app that shows codes (`code_now`)."""
    verbs.give_app(user, secret)


def code_now(secret: str = SECRET, *, later: int = 0) -> str:
    """What such an app shows, or will show that many half minutes later."""
    return codes.code_at(secret, int(time.time()) // 30 + later)


def professional(name: str = "Dra. Ana Ruiz", **fields: Any) -> Professional:
    account = fields.pop("user", None) or user(Role.PROFESSIONAL)
    return services.create_professional(user=account, name=name, **({"timezone": "America/Bogota"} | fields))


def patient(practice: Professional, **fields: Any) -> Patient:
    defaults = {
        "name": "Luz Marín",
        "email": "luz@people.test",
        "language": "es",
        "timezone": "Europe/Madrid",
    }
    return services.find_or_create_patient(professional=practice, **(defaults | fields))
