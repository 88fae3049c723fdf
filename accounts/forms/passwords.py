"""The password of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

NEW_PASSWORD_ADVICE = _("At least 8 characters, not only digits, and nothing that others would guess.")


class ChangePasswordForm(forms.Form):
    """The fields are named as the API names them."""

    current_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label=_("New password"),
        help_text=NEW_PASSWORD_ADVICE,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or {}
        if "again" in given and given.get("new_password") != given["again"]:
            self.add_error("again", _("The two are not the same."))
        return given
