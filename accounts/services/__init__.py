"""The verbs of accounts: who may sign in, who offers services, whose patient somebody is."""

from accounts.services.patients import find_or_create_patient
from accounts.services.professionals import create_professional
from accounts.services.users import create_user, owns_email, set_active, set_language

__all__ = [
    "create_professional",
    "create_user",
    "find_or_create_patient",
    "owns_email",
    "set_active",
    "set_language",
]
