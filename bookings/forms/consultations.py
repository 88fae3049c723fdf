"""What a practice types about its own bookings: which to show, a time by hand, why one is moved, notes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bookings.domain import lengths
from bookings.domain.hours import to_utc
from bookings.forms.public import ReasonForm, WordsField
from bookings.groups import Group
from bookings.models import Service

LATEST, SOONEST = "latest", "soonest"
PLEASE_TICK = _("Please tick this if you want the time all the same.")


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    no_such_day = _("This day does not exist.")
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        # Typed by hand a year may be any; far from today's nobody can reckon with it.
        validators=[
            MinValueValidator(date(2000, 1, 1), no_such_day),
            MaxValueValidator(date(2999, 12, 31), no_such_day),
        ],
    )


def _minutes(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=_("Length in minutes"),
        min_value=5,
        max_value=480,
        step_size=5,
        error_messages={"step_size": _("The length is a multiple of 5 minutes.")},
        **options,
    )


class ConsultationFilter(forms.Form):
    """Which bookings the list shows. A group or an order that does not exist counts as none."""

    group = forms.CharField(required=False, widget=forms.HiddenInput)
    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)
    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("Service"), required=False, empty_label=_("All services")
    )
    first = _day(_("From"), required=False)
    last = _day(_("Until"), required=False)
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("As usual")), (SOONEST, _("Soonest first")), (LATEST, _("Latest first"))],
    )

    def __init__(self, *args: Any, services: QuerySet[Service], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["service"].queryset = services  # type: ignore[attr-defined]

    def clean_group(self) -> Group | None:
        known = self.cleaned_data["group"]
        return Group(known) if known in Group.values else None

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        return self.cleaned_data


class NotesForm(forms.Form):
    """The practice's own words about a booking."""

    notes = WordsField(
        label=_("Private notes"),
        required=False,
        max_length=lengths.NOTES,
        help_text=_("Only you read them. Stored encrypted."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class HandTimeForm(forms.Form):
    """A day and a time typed by hand, in the practice's zone."""

    date = _day(_("Day"))
    time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300})
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **options: Any) -> None:
        super().__init__(*args, **options)
        self._zone = zone

    def clean(self) -> dict[str, Any]:
        day, wall = self.cleaned_data.get("date"), self.cleaned_data.get("time")
        if wall and (wall.second or wall.microsecond):
            self.add_error(
                "time", ValidationError(_("Please give whole minutes, as in 09:30."), code="seconds")
            )
        elif day and wall and to_utc(day, wall, self._zone) is None:
            raise ValidationError(
                _("This time does not exist: the clock is put forward over it on this day.")
            )
        return self.cleaned_data

    @property
    def start(self) -> datetime:
        """The moment (UTC) of a valid form."""
        instant = to_utc(self.cleaned_data["date"], self.cleaned_data["time"], self._zone)
        assert instant is not None  # noqa: S101  (`clean` has asked)
        return instant


class CancelForm(ReasonForm):
    """Why the practice cancels."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = _("The patient reads it.")


class MoveForm(forms.Form):
    """How a booking is moved to a time that is chosen already."""

    duration = _minutes()
    outside_hours = forms.BooleanField(label=_("I want this time all the same"), required=False)
    reason = WordsField(
        label=_("Reason"),
        required=False,
        max_length=lengths.CLOSING_REASON,
        help_text=_("The patient reads it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
