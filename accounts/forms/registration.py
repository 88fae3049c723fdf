"""What people say of themselves when they register."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.countries import country_names
from accounts.models import Specialty, User
from core.errors import DomainError
from core.widgets import LongSelect
from core.zones import zone_names

PASSWORD_ADVICE = _("At least 8 characters, not only digits, and nothing that others would guess.")
LONGEST_PASSWORD = 256


class PasswordField(forms.CharField):
    """A new password. It is not shown again: what was wrong with the form, it is typed anew."""

    def __init__(self, **options: Any) -> None:
        options = {"label": _("Password"), "help_text": PASSWORD_ADVICE} | options
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(max_length=LONGEST_PASSWORD, strip=False, widget=widget, **options)


class SaysWhy(forms.Form):
    def refuse(self, error: DomainError) -> None:
        """What a rule said no to, at its field."""
        self.add_error(error.attr if error.attr in self.fields else None, str(error))


class SignupForm(SaysWhy):
    """A patient."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = PasswordField()

    def clean(self) -> dict[str, Any]:
        """Looks at what was typed alone, never at who has an account."""
        data = super().clean() or {}
        if "password" in data:
            try:
                validate_password(
                    data["password"], User(email=data.get("email", ""), name=data.get("name", ""))
                )
            except ValidationError as error:
                self.add_error("password", error)
        return data


class PracticeFields(SaysWhy):
    """What a professional's page starts with; the rest is written in the practice's own space."""

    specialty = forms.ModelChoiceField(
        Specialty.objects.none(), label=_("Specialty"), required=False, empty_label=_("Please choose")
    )
    licence = forms.CharField(label=_("Licence number"), max_length=60, required=False)
    city = forms.CharField(
        label=_("City"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    country = forms.ChoiceField(label=_("Country"), required=False, widget=LongSelect)
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Your opening hours are in the time of this place."),
        widget=LongSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = "name_en" if (get_language() or "").startswith("en") else "name_es"
        specialty = cast("forms.ModelChoiceField[Specialty]", self.fields["specialty"])
        specialty.queryset = Specialty.objects.order_by(name)
        names = country_names((get_language() or "es").partition("-")[0])
        countries = cast(forms.ChoiceField, self.fields["country"])
        countries.choices = [("", _("Please choose")), *names.items()]
        zones = cast(forms.ChoiceField, self.fields["timezone"])
        zones.choices = [("", _("Please choose")), *zone_choices()]

    @property
    def practice(self) -> dict[str, Any]:
        """As the services take it."""
        data = self.cleaned_data
        return {
            "specialties": [data["specialty"]] if data["specialty"] else [],
            "licence": data["licence"],
            "city": data["city"],
            "country": data["country"],
            "timezone": data["timezone"],
        }


class ProfessionalSignupForm(PracticeFields, SignupForm):
    """A professional who registers alone."""

    field_order = ("name", "email", "password", "specialty", "licence", "city", "country", "timezone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Your name, as patients read it")


class JoinForm(PracticeFields):
    """A professional whom IT lets register: the password is sent by e-mail."""

    name = forms.CharField(
        label=_("Your name, as patients read it"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    field_order = ("name", "email", "licence", "specialty", "city", "country", "timezone")

    def __init__(self, *args: Any, address: str = "", **kwargs: Any) -> None:
        """`address`: the only one that the invitation is good for."""
        super().__init__(*args, **kwargs)
        self.fields["licence"].required = True
        if address:
            self.fields["email"].disabled = True
            self.fields["email"].initial = address


class ConfirmForm(SaysWhy):
    """Who registered with this address knows the password."""

    password = forms.CharField(
        label=_("Password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ChoosePasswordForm(SaysWhy):
    new_password = PasswordField(label=_("New password"))


def zone_choices() -> list[tuple[str, str]]:
    """Those of places, as `Region/City`."""
    places = (zone for zone in zone_names() if "/" in zone and not zone.startswith("Etc/"))
    return [(zone, zone.replace("_", " ")) for zone in sorted(places)]
