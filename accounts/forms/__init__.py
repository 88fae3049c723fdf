"""Forms of accounts, a file for each part of an account. allauth asks for its own by ACCOUNT_FORMS."""

from accounts.forms.passwords import ChangePasswordForm
from accounts.forms.sign_in import LoginForm, ResetPasswordForm, ResetPasswordKeyForm

__all__ = ["ChangePasswordForm", "LoginForm", "ResetPasswordForm", "ResetPasswordKeyForm"]
