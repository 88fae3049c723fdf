"""What a practice types about its patients."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bookings.domain import lengths
from bookings.domain.patient_details import EMAIL
from bookings.forms.controls import OnceForm
from bookings.forms.public import WordsField
from core.errors import DomainError
from core.templatetags.ui import zone_name


class PatientSearchForm(forms.Form):
    """Sent as a body: whom somebody looks for stands in no address."""

    q = forms.CharField(
        label=_("Name, e-mail or phone"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class ContactForm(forms.Form):
    """Who the patient is, and how to reach them."""

    name = forms.CharField(
        label=_("First and last name"),
        min_length=2,
        max_length=lengths.NAME,
        validators=[lengths.valid_name],
        error_messages={"min_length": _("Please enter the first and the last name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=EMAIL,
        help_text=_("Confirmations and reminders go here."),
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
    timezone = forms.ChoiceField(label=_("Time zone of the messages"), required=False)

    def __init__(self, *args: Any, zones: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("As the practice")), *((zone, zone_name(zone)) for zone in zones)]
        self.fields["timezone"].choices = choices  # type: ignore[attr-defined]

    def refuse(self, error: DomainError) -> None:
        """What the domain said no to, at its field."""
        self.add_error(error.attr if error.attr in self.fields else None, str(error))


class NotesForm(forms.Form):
    notes = WordsField(
        label=_("Notes"),
        required=False,
        max_length=lengths.NOTES,
        help_text=_("Only the practice reads this."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class NewPatientForm(OnceForm, NotesForm, ContactForm):
    field_order = ["name", "email", "phone", "language", "timezone", "notes"]
