"""Pages of accounts, a file for each part of an account."""

from accounts.views.home import HOMES, home_of_role, set_language
from accounts.views.profile import account

__all__ = ["HOMES", "account", "home_of_role", "set_language"]
