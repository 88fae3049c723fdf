"""What people say of themselves in their account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.forms.registration import LONGEST_PASSWORD, SaysWhy, zone_choices
from accounts.models import User
from accounts.names import valid_name
from core.widgets import LongSelect


class ProfileForm(SaysWhy):
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        validators=[valid_name],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("Of the pages and of our letters.")
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("For times in our letters, and where your device does not say its own."),
        widget=LongSelect,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        initial = {name: getattr(user, name) for name in ("name", "language", "timezone")}
        super().__init__(*args, **{"initial": initial} | kwargs)
        zones = dict([("", _("As my device")), *zone_choices()])
        if user.timezone:
            zones.setdefault(user.timezone, user.timezone)
        self.fields["timezone"].choices = list(zones.items())  # type: ignore[attr-defined]


class EmailForm(SaysWhy):
    email = forms.EmailField(
        label=_("New e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Your password"),
        help_text=_("So that nobody else can do this on a device that you left open."),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
