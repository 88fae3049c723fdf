"""Leaving: for a while, or for good."""

from __future__ import annotations

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    DEACTIVATE = "deactivate", _("Deactivate it: staff can open it again for you")
    CLOSE = "close", _("Delete it: nobody can open it again")


class LeaveForm(forms.Form):
    way = forms.ChoiceField(
        label=_("What shall become of your account?"),
        choices=Way.choices,
        initial=Way.DEACTIVATE,
        widget=forms.RadioSelect,
    )
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
