"""allauth's forms in our words and without placeholders that vanish when one types."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django import forms as django_forms
from django.utils.translation import gettext_lazy as _


def _say(field: django_forms.Field, label: Any, help_text: Any = "", **attributes: str) -> None:
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= attributes


class LoginForm(forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["login"], _("E-mail"), autocomplete="username")
        _say(self.fields["password"], _("Password"))
        _say(self.fields["remember"], _("Keep me signed in on this device"))


class ResetPasswordForm(forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["email"], _("E-mail"), autocomplete="username")


class ResetPasswordKeyForm(forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        advice = _("At least 8 characters, not only digits, and nothing that others would guess.")
        _say(self.fields["password1"], _("New password"), advice)
        _say(self.fields["password2"], _("New password again"))
