"""Pages of accounts, a file for each part of an account."""

from accounts.views.email import change_email, confirm_change_of_email
from accounts.views.home import HOMES, home_of_role, set_language
from accounts.views.photo import photo
from accounts.views.profile import account

__all__ = [
    "HOMES",
    "account",
    "change_email",
    "confirm_change_of_email",
    "home_of_role",
    "photo",
    "set_language",
]
