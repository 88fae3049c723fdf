"""What a professional says of the practice on the public page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.countries import country_names
from accounts.forms.registration import zone_choices
from accounts.models import Professional, Specialty
from bookings.domain.lengths import NAME, valid_name
from bookings.forms.controls import RefusableForm
from bookings.forms.public import WordsField
from core.templatetags.ui import language_names
from core.widgets import LongSelect

# Of those that there are names for, the ones most spoken where the product is used; others stay once chosen.
LANGUAGES = ("es", "en", "pt", "fr", "it", "de", "ca", "eu", "gl")
FIELDS = ("name", "licence", "bio", "city", "country", "address", "languages", "timezone", "is_listed")


class PracticeForm(RefusableForm):
    name = forms.CharField(
        label=_("Your name, as patients read it"), max_length=NAME, validators=[valid_name]
    )
    specialties = forms.ModelMultipleChoiceField(
        Specialty.objects.none(), label=_("Specialties"), required=False, widget=forms.CheckboxSelectMultiple
    )
    licence = forms.CharField(label=_("Licence number"), max_length=60, required=False)
    bio = WordsField(
        label=_("About you"),
        max_length=2000,
        required=False,
        help_text=_("For whom you are there, and how you work."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you speak with patients"), required=False, widget=forms.CheckboxSelectMultiple
    )
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        help_text=_("Its public holidays can close your hours."),
        widget=LongSelect,
    )
    address = forms.CharField(
        label=_("Address of the practice"),
        max_length=200,
        required=False,
        help_text=_("Patients who come in person read it."),
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Your opening hours are in the time of this place."),
        widget=LongSelect,
    )
    zone_confirmed = forms.BooleanField(label=_("Yes, change the time zone"), required=False)
    is_listed = forms.BooleanField(
        label=_("Listed publicly"),
        required=False,
        help_text=_("Otherwise nobody finds your page or books on it; appointments that are made stay."),
    )

    def __init__(self, *args: Any, professional: Professional, **kwargs: Any) -> None:
        initial: dict[str, Any] = {name: getattr(professional, name) for name in FIELDS}
        initial["specialties"] = list(professional.specialties.all())
        super().__init__(*args, **{"initial": initial} | kwargs)
        language = (get_language() or "es").partition("-")[0]
        specialties = Specialty.objects.order_by("name_en" if language == "en" else "name_es")
        self.fields["specialties"].queryset = specialties  # type: ignore[attr-defined]
        self._offer(
            "languages", {code: _language_name(code) for code in (*LANGUAGES, *professional.languages)}
        )
        self._offer("country", {"": gettext("Please choose"), **country_names(language)})
        self._offer("timezone", {**dict(zone_choices()), professional.timezone: professional.timezone})

    def _offer(self, field: str, choices: dict[str, str]) -> None:
        self.fields[field].choices = list(choices.items())  # type: ignore[attr-defined]


def _language_name(code: str) -> str:
    return capfirst(language_names([code])) if code in LANG_INFO else code
