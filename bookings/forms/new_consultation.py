"""Who a practice enters an appointment for, and on what terms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bookings.domain import lengths
from bookings.forms.consultations import PLEASE_TICK
from bookings.forms.controls import OnceForm
from bookings.forms.public import WordsField
from bookings.services.manual import EMAIL_NEEDED

# What is asked of somebody who is not on record.
PERSON = ("q", "name", "email", "phone", "language")


class NewConsultationForm(OnceForm):
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
    outside_hours = forms.BooleanField(label=_("I want this time all the same"), required=False)

    def __init__(
        self,
        *args: Any,
        without: tuple[str, ...] = (),
        must_tick: bool = False,
        is_free: bool = False,
        known_email: str = "",
        **options: Any,
    ) -> None:
        """`must_tick`: the time is against the practice's own rules; `known_email`: of who is on record."""
        super().__init__(*args, **options)
        self._must_tick, self._is_free, self._known_email = must_tick, is_free, known_email
        for name in without:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """All that the booking would be refused for, told at once."""
        typed = super().clean()
        if self._must_tick and not typed.get("outside_hours"):
            self.add_error("outside_hours", PLEASE_TICK)
        asked = "email" in self.fields
        email = typed.get("email") if asked else self._known_email
        if not (self._is_free or typed.get("pays_at_practice") or email or "email" in self.errors):
            self.add_error("email" if asked else "pays_at_practice", EMAIL_NEEDED)
        return typed

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())
