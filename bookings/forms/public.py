"""What visitors and patients type: a search, who comes, why something is called off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.domain import lengths


class SearchForm(forms.Form):
    """The search on the start page; anything missing or odd just does not narrow it."""

    q = forms.CharField(required=False, max_length=80)
    specialty = forms.SlugField(required=False, max_length=60)
    city = forms.CharField(required=False, max_length=80)


class WordsField(forms.CharField):
    """Several lines, counted as the browser counts them."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return lengths.one_newline(super().to_python(value) or "")


class DetailsForm(forms.Form):
    """Who the appointment is for."""

    name = forms.CharField(
        label=_("First and last name"),
        min_length=2,
        max_length=lengths.NAME,
        validators=[lengths.valid_name],
        error_messages={"min_length": _("Please enter the first and the last name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Your confirmation and a private link to change the appointment go here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.RegexField(
        label=_("Phone"),
        regex=lengths.PHONE_PATTERN,
        required=False,
        max_length=lengths.PHONE,
        error_messages={"invalid": lengths.valid_phone.message},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    reason = WordsField(
        label=_("What is it about?"),
        required=False,
        max_length=lengths.REASON,
        help_text=_("Only the professional reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class ReasonForm(forms.Form):
    """Why something is declined or cancelled; the other person reads it."""

    reason = WordsField(
        label=_("Reason"),
        required=False,
        max_length=lengths.CLOSING_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @property
    def problem(self) -> str:
        """What is wrong with the words, for pages that say it above."""
        return " ".join(map(str, self.errors["reason"])) if self.errors else ""
