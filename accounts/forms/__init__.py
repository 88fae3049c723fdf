"""Forms of accounts, a file for each part of an account. allauth asks for its own by ACCOUNT_FORMS."""

from accounts.forms.sign_in import LoginForm, ResetPasswordForm, ResetPasswordKeyForm

__all__ = ["LoginForm", "ResetPasswordForm", "ResetPasswordKeyForm"]
