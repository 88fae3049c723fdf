"""What people type on pages about bookings."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    """The search on the start page; anything missing or odd just does not narrow it."""

    q = forms.CharField(required=False, max_length=80)
    specialty = forms.SlugField(required=False, max_length=60)
    city = forms.CharField(required=False, max_length=80)


class DetailsForm(forms.Form):
    """Who the appointment is for."""

    name = forms.CharField(
        label=_("First and last name"),
        min_length=2,
        max_length=120,
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
        regex=r"^\+?[\d\s().-]{6,}$",
        required=False,
        max_length=32,
        error_messages={"invalid": _("Enter a phone number with digits only, such as +57 300 123 4567.")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    reason = forms.CharField(
        label=_("What is it about?"),
        required=False,
        max_length=1000,
        help_text=_("Only the professional reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class ReasonForm(forms.Form):
    """Why something is declined or cancelled; the other person reads it."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
