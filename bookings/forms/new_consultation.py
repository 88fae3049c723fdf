"""Who a practice enters an appointment for, and on what terms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bookings.domain import lengths
from bookings.forms.public import WordsField

# What is asked of somebody who is not on record.
PERSON = ("q", "name", "email", "phone", "language")


class NewConsultationForm(forms.Form):
    """The last step. Of a patient on record, or of somebody who asked for a time, nothing personal is asked."""

    q = forms.CharField(
        label=_("Name, e-mail or phone"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("First and last name"),
        min_length=2,
        max_length=lengths.NAME,
        validators=[lengths.valid_name],
        error_messages={
            "required": _("Choose a patient above, or enter the name of somebody new."),
            "min_length": _("Please enter the first and the last name."),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("For the confirmation and the private link. Needed to pay online."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.RegexField(
        label=_("Phone"),
        regex=lengths.PHONE_PATTERN,
        required=False,
        max_length=lengths.PHONE,
        error_messages={"invalid": lengths.valid_phone.message},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel", "type": "tel"}),
    )
    language = forms.ChoiceField(label=_("Language of the messages"), choices=settings.LANGUAGES)
    reason = WordsField(
        label=_("What is it about?"),
        required=False,
        max_length=lengths.REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    pays_at_practice = forms.BooleanField(label=_("It is paid at the practice"), required=False)
    outside_hours = forms.BooleanField(label=_("I want this time all the same."), required=False)
    # So that the same form, sent twice, books once.
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, without: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        for name in without:
            del self.fields[name]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())
