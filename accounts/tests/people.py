"""People for tests, made by the services."""

from __future__ import annotations

from itertools import count
from typing import Any

from accounts import services
from accounts.models import Patient, Professional, Role, User

PASSWORD = "a-long-enough-one"
_numbers = count(1)


def user(role: Role = Role.PATIENT, **fields: Any) -> User:
    defaults = {"email": f"{role}{next(_numbers)}@people.test", "password": PASSWORD}
    return services.create_user(role=role, **(defaults | fields))


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
