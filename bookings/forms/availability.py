"""What a professional types about openings and time off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional
from bookings.domain.days_off import days_of, moments, whole_days
from bookings.domain.hours import DAY
from bookings.domain.intervals import Interval
from bookings.domain.lengths import LINE
from bookings.forms.controls import RefusableForm
from bookings.models import AvailabilityBlock, Modality, Service, TimeOff

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 30)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class WallTimeField(forms.TimeField):
    """The 24-hour clock in every language, which the browser's own field for times does not promise. What a phone's
    number keys can type is understood as well: 9, 930, 9.30, 24:00."""

    default_error_messages = {"invalid": _("Enter a time as HH:MM, such as 09:30.")}
    _TYPED = re.compile(r"([01]?[0-9]|2[0-4])(?:[:.h ]?([0-5][0-9]))?")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TimeInput(format="%H:%M", attrs=self._attrs()), **kwargs)

    @staticmethod
    def _attrs() -> dict[str, str]:
        return {"inputmode": "numeric", "autocomplete": "off", "placeholder": "00:00", "list": "clock-times"}

    def to_python(self, value: Any) -> time | None:
        if value in self.empty_values:
            return None
        found = self._TYPED.fullmatch(str(value).strip())
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        hour, minute = int(found[1]), int(found[2] or 0)
        if hour == 24 and minute:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return time(hour % 24, minute)


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        bounds = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
        super().__init__(widget=DateInput(), input_formats=["%Y-%m-%d"], validators=bounds, **kwargs)


def weekday_choices() -> list[tuple[int, str]]:
    return [(number + 1, capfirst(str(name))) for number, name in WEEKDAYS.items()]


class _HoursForm(RefusableForm):
    starts = WallTimeField(label=_("Opens at"))
    ends = WallTimeField(label=_("Closes at"), help_text=_("00:00 is midnight."))
    services = forms.ModelMultipleChoiceField(
        Service.objects.none(),
        label=_("Only these services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    modalities = forms.MultipleChoiceField(
        label=_("Only in this way"), required=False, widget=forms.CheckboxSelectMultiple, choices=Modality
    )
    notes = forms.CharField(
        label=_("Note"), required=False, max_length=LINE, help_text=_("Only you read it.")
    )

    def __init__(
        self, *args: Any, professional: Professional, block: AvailabilityBlock | None = None, **kwargs: Any
    ) -> None:
        if block is not None:
            kwargs.setdefault("initial", _initial_of(block))
        super().__init__(*args, **kwargs)
        kept = block.services.values("pk") if block else []
        offered = Service.objects.filter(Q(is_active=True) | Q(pk__in=kept), professional=professional)
        self.fields["services"].queryset = offered  # type: ignore[attr-defined]
        self.fields["modalities"].choices = [  # type: ignore[attr-defined]
            (value, capfirst(str(label))) for value, label in Modality.choices
        ]

    @property
    def is_restricted(self) -> bool:
        """Whether the part about services and modalities has something to show."""
        asked = any(self[name].value() for name in ("services", "modalities"))
        return asked or bool(self.errors.keys() & {"services", "modalities"})

    def given(self) -> dict[str, Any]:
        """In the words of the verbs."""
        given = dict(self.cleaned_data)
        given["service_ids"] = [service.pk for service in given.pop("services")]
        return given


def _initial_of(block: AvailabilityBlock) -> dict[str, Any]:
    initial = {
        name: getattr(block, name) for name in ("weekday", "date", "starts", "ends", "notes", "modalities")
    }
    return initial | {"services": [service.pk for service in block.services.all()]}


class WeeklyForm(_HoursForm):
    """New hours, on several days of the week at once."""

    names = {"weekday": "weekdays"}
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"), coerce=int, choices=weekday_choices, widget=forms.CheckboxSelectMultiple
    )


class WeekdayForm(_HoursForm):
    """Hours that are there already: on one day of the week."""

    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int, choices=weekday_choices)


class DateForm(_HoursForm):
    date = DayField(label=_("Date"))


class CopyForm(RefusableForm):
    """Where the hours of a day go as well."""

    to = forms.TypedMultipleChoiceField(label=_("Copy to"), coerce=int, widget=forms.CheckboxSelectMultiple)
    replace = forms.BooleanField(label=_("Replace the hours these days have now"), required=False)

    def __init__(self, *args: Any, weekday: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(number, name) for number, name in weekday_choices() if number != weekday]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


class HolidaysForm(forms.Form):
    """Whether public holidays close the weekly hours, and of which region."""

    closed = forms.BooleanField(label=_("Closed on public holidays"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, *args: Any, regions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if regions:
            self.fields["region"].choices = [("", _("the whole country")), *regions]  # type: ignore[attr-defined]
        else:
            del self.fields["region"]


class _TimeOffForm(RefusableForm):
    kind = ""

    def interval(self, zone: ZoneInfo) -> Interval:
        """What was typed, as moments."""
        raise NotImplementedError


def _reason_field() -> forms.CharField:
    return forms.CharField(
        label=_("What for"), required=False, max_length=LINE, help_text=_("Only you read it.")
    )


class HoursOffForm(_TimeOffForm):
    """Some hours of one day."""

    kind = "hours"
    names = {"starts_at": "starts", "ends_at": "ends"}
    first_day = DayField(label=_("Date"))
    starts = WallTimeField(label=_("Starts at"))
    ends = WallTimeField(label=_("Ends at"), help_text=_("00:00 is midnight."))
    reason = _reason_field()

    def interval(self, zone: ZoneInfo) -> Interval:
        day: date = self.cleaned_data["first_day"]
        return moments(day, self.cleaned_data["starts"], day, self.cleaned_data["ends"], zone)


class DaysOffForm(_TimeOffForm):
    """One whole day or several."""

    kind = "days"
    names = {"starts_at": "first_day", "ends_at": "last_day"}
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Empty: just one day."))
    reason = _reason_field()

    def interval(self, zone: ZoneInfo) -> Interval:
        first: date = self.cleaned_data["first_day"]
        return whole_days(first, self.cleaned_data["last_day"] or first, zone)


class RangeOffForm(_TimeOffForm):
    """From an hour of one day until an hour of another."""

    kind = "range"
    names = {"starts_at": "first_day", "ends_at": "last_day"}
    first_day = DayField(label=_("First day"))
    starts = WallTimeField(label=_("Starts at"))
    last_day = DayField(label=_("Last day"))
    ends = WallTimeField(label=_("Ends at"), help_text=_("00:00 is midnight."))
    reason = _reason_field()

    def interval(self, zone: ZoneInfo) -> Interval:
        given = self.cleaned_data
        return moments(given["first_day"], given["starts"], given["last_day"], given["ends"], zone)


TIME_OFF_FORMS: dict[str, type[_TimeOffForm]] = {
    form.kind: form for form in (DaysOffForm, HoursOffForm, RangeOffForm)
}


def time_off_initial(off: TimeOff, zone: ZoneInfo) -> tuple[str, dict[str, Any]]:
    """The kind of form that says it best, and what stands in it."""
    if days := days_of(off.starts_at, off.ends_at, zone):
        return "days", {"first_day": days[0], "last_day": days[1], "reason": off.reason}
    starts, ends = off.starts_at.astimezone(zone), off.ends_at.astimezone(zone)
    last_day = ends.date() - DAY if ends.time() == time(0) else ends.date()
    initial = {
        "first_day": starts.date(),
        "starts": starts.time(),
        "last_day": last_day,
        "ends": ends.time(),
        "reason": off.reason,
    }
    return ("hours" if starts.date() == last_day else "range"), initial
