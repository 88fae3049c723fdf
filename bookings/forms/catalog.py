"""What a professional types about a service."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies
from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional
from bookings.forms.controls import Affixed, OfferedNumberField, OnceForm, RefusableForm, span_words
from bookings.forms.public import WordsField
from bookings.models import Modality, Service
from core.errors import DomainError

LENGTHS = (30, 60, 90, 120)
OTHER = "other"
BUFFERS = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120)


def _validators(name: str) -> Any:
    """The bounds are the model's."""
    return getattr(Service, name).field.validators


def _buffer_words(minutes: int) -> str:
    return span_words(minutes) if minutes else str(_("none"))


class ServiceForm(OnceForm, RefusableForm):
    """A new service, or another look at one that there is."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("What patients choose, such as “First visit”."),
    )
    description = WordsField(
        label=_("Description"),
        max_length=500,
        required=False,
        help_text=_("A sentence or two: for whom it is and what happens."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    modality = forms.ChoiceField(label=_("How you meet"), widget=forms.RadioSelect)
    length = forms.ChoiceField(label=_("How long it takes"), widget=forms.RadioSelect)
    other_minutes = forms.IntegerField(
        label=_("Another length"),
        required=False,
        step_size=5,
        validators=_validators("duration_minutes"),
        help_text=_("A multiple of 5, from 5 minutes to 8 hours."),
        error_messages={"step_size": _("Please choose a multiple of five minutes.")},
        widget=Affixed(after=_("minutes"), attrs={"inputmode": "numeric", "step": 5}),
    )
    buffer_before_minutes = OfferedNumberField(BUFFERS, _buffer_words, label=_("Pause before"))
    buffer_after_minutes = OfferedNumberField(
        BUFFERS,
        _buffer_words,
        label=_("Pause after"),
        help_text=_("To prepare, to write notes, to breathe. Patients do not see it; nobody can book it."),
    )
    meeting_limit_minutes = forms.IntegerField(
        label=_("The call ends after"),
        required=False,
        validators=_validators("meeting_limit_minutes"),
        widget=Affixed(after=_("minutes"), attrs={"inputmode": "numeric"}),
    )
    price = forms.DecimalField(
        label=_("Price"),
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=3,
        help_text=_("0 is free of charge: nothing is asked for online."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": 0}),
    )
    currency = forms.ChoiceField(label=_("Currency"))
    slug = forms.SlugField(
        label=_("Address of its page"),
        max_length=80,
        help_text=_("Links to the old address no longer work once you change it."),
    )

    def __init__(
        self, *args: Any, professional: Professional, service: Service | None = None, **options: Any
    ) -> None:
        options["initial"] = _initial(professional, service)
        super().__init__(*args, **options)
        self._choices(professional, service)
        limit = self.fields["meeting_limit_minutes"]
        if service is None:
            del self.fields["slug"]
            limit.help_text = _("Leave it empty for 18 minutes, or all of a shorter appointment.")
            return
        limit.required = True
        limit.help_text = _("At most as long as the appointment.")
        self.fields["slug"].widget = Affixed(before=f"/p/{professional.slug}/", input_type="text")

    def _choices(self, professional: Professional, service: Service | None) -> None:
        self.fields["modality"].choices = [(value, capfirst(label)) for value, label in Modality.choices]  # type: ignore[attr-defined]
        lengths: list[tuple[str, Any]] = [(str(minutes), span_words(minutes)) for minutes in LENGTHS]
        self.fields["length"].choices = [*lengths, (OTHER, _("Another length"))]  # type: ignore[attr-defined]
        for name in ("buffer_before_minutes", "buffer_after_minutes"):
            self.fields[name].offer(*([getattr(service, name)] if service else []))  # type: ignore[attr-defined]
        self.fields["currency"].choices = _currencies(self.initial["currency"])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        other = given.get("length") == OTHER
        if other and given.get("other_minutes") is None and "other_minutes" not in self.errors:
            self.add_error("other_minutes", _("Please say how many minutes it takes."))
        if not other:
            self.errors.pop("other_minutes", None)
        return given

    def refuse(self, error: DomainError) -> None:
        """What is wrong with the length stands where it was said."""
        said_in_minutes = self.cleaned_data.get("length") == OTHER
        self.names = {"duration_minutes": "other_minutes" if said_in_minutes else "length"}
        super().refuse(error)

    def changes(self) -> dict[str, Any]:
        """In the words of the verbs."""
        given = dict(self.cleaned_data)
        other, length = given.pop("other_minutes", None), given.pop("length")
        given["duration_minutes"] = other if length == OTHER else int(length)
        if given["meeting_limit_minutes"] is None:
            del given["meeting_limit_minutes"]
        return given


def _initial(professional: Professional, service: Service | None) -> dict[str, Any]:
    if service is None:
        usual = Service(currency=_usual_currency(professional))
        known = ("modality", "buffer_before_minutes", "buffer_after_minutes", "currency")
        return {name: getattr(usual, name) for name in known} | {"length": "30"}
    kept = {name: getattr(service, name) for name in ServiceForm.base_fields if hasattr(service, name)}
    minutes = service.duration_minutes
    length = {"length": str(minutes)} if minutes in LENGTHS else {"length": OTHER, "other_minutes": minutes}
    limit = min(service.meeting_limit_minutes, minutes)
    return kept | length | {"price": f"{service.price.normalize():f}", "meeting_limit_minutes": limit}


def _usual_currency(professional: Professional) -> str:
    """That of the practice's latest service, else of its country."""
    latest = Service.objects.filter(professional=professional).order_by("-created_at").first()
    if latest is not None:
        return latest.currency
    of_country: list[str] = get_territory_currencies(professional.country) if professional.country else []
    return (of_country or ["USD"])[0]


def _currencies(usual: str) -> list[tuple[str, str]]:
    """The usual one first, then all in which people pay today, by code."""
    language = (get_language() or "es").partition("-")[0]
    codes = [usual, *(code for code in _in_use() if code != usual)]
    return [(code, f"{code} · {get_currency_name(code, locale=language)}") for code in codes]


@lru_cache
def _in_use() -> list[str]:
    by_country = get_global("territory_currencies").values()
    return sorted(
        {
            code
            for periods in by_country
            for code, _since, until, is_tender in periods
            if until is None and is_tender
        }
    )
