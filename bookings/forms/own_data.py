"""Being erased: asked twice."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.registration import LONGEST_PASSWORD, SaysWhy


class EraseForm(SaysWhy):
    sure = forms.BooleanField(label=_("I know that nobody can bring this back"))
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
