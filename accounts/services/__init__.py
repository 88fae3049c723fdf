"""The verbs of accounts: who may sign in, who offers services, whose patient somebody is."""

from accounts.services.patients import (
    absorb_duplicate,
    create_patient,
    delete_patient,
    find_or_create_patient,
    joined_account,
    joined_notes,
    known_patient,
    write_details,
)
from accounts.services.professionals import create_professional
from accounts.services.users import create_user, owns_email, set_active, set_language

__all__ = [
    "absorb_duplicate",
    "create_patient",
    "create_professional",
    "create_user",
    "delete_patient",
    "find_or_create_patient",
    "joined_account",
    "joined_notes",
    "known_patient",
    "owns_email",
    "set_active",
    "set_language",
    "write_details",
]
