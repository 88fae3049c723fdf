"""The verbs of accounts: who may sign in, who offers services, whose patient somebody is."""

from accounts.services.claims import claim_records, try_to_claim
from accounts.services.erasure import erase_patient
from accounts.services.leaving import close_account, deactivate, reactivate
from accounts.services.passwords import change_password, reset_password
from accounts.services.patients import (
    absorb_duplicate,
    account_of,
    create_patient,
    delete_patient,
    find_or_create_patient,
    joined_account,
    joined_notes,
    known_patient,
    write_details,
)
from accounts.services.photos import remove_photo, save_photo
from accounts.services.professionals import approve_professional, create_professional
from accounts.services.profiles import change_account, change_practice, change_profile
from accounts.services.registration import (
    register_patient,
    register_professional,
    resend_confirmation,
)
from accounts.services.registration_tokens import (
    issue_registration_token,
    register_medical_professional,
    usable_token,
    withdraw_registration_token,
)
from accounts.services.staff import open_account
from accounts.services.temporary_passwords import issue_temporary_password, replace_temporary_password
from accounts.services.users import create_user, owns_email, set_active, set_language

__all__ = [
    "absorb_duplicate",
    "account_of",
    "approve_professional",
    "change_account",
    "change_password",
    "change_practice",
    "change_profile",
    "claim_records",
    "close_account",
    "create_patient",
    "create_professional",
    "create_user",
    "deactivate",
    "delete_patient",
    "erase_patient",
    "find_or_create_patient",
    "issue_registration_token",
    "issue_temporary_password",
    "joined_account",
    "joined_notes",
    "known_patient",
    "open_account",
    "owns_email",
    "reactivate",
    "register_medical_professional",
    "register_patient",
    "register_professional",
    "remove_photo",
    "replace_temporary_password",
    "resend_confirmation",
    "reset_password",
    "save_photo",
    "set_active",
    "set_language",
    "try_to_claim",
    "usable_token",
    "withdraw_registration_token",
    "write_details",
]
