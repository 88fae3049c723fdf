"""When somebody could come whom no free time suits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.domain import lengths
from bookings.forms.public import DetailsForm, WordsField
from bookings.models import PartOfDay
from bookings.services.requests import FARTHEST_WISH

# As one chooses them; the model's own words go on a sentence.
PARTS = (
    (PartOfDay.ANY.value, _("Any time")),
    (PartOfDay.MORNING.value, _("Morning")),
    (PartOfDay.AFTERNOON.value, _("Afternoon")),
    (PartOfDay.EVENING.value, _("Evening")),
)


class DayInput(forms.DateInput):
    """The browser's own calendar, which speaks ISO whatever the language of the page."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"], **kwargs)


class RequestForm(DetailsForm):
    """Days are the visitor's own, both included. Which of them make sense is the domain's to say."""

    preferred_from = DayField(label=_("Earliest day"))
    preferred_until = DayField(label=_("Latest day"))
    part_of_day = forms.ChoiceField(
        label=_("Part of the day"),
        choices=PARTS,
        initial=PartOfDay.ANY,
        widget=forms.RadioSelect,
    )
    message = WordsField(
        label=_("What should the professional know?"),
        required=False,
        max_length=lengths.REASON,
        help_text=_("Only the professional reads this."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = None  # type: ignore[assignment]  # the message says it

    field_order = ["preferred_from", "preferred_until", "part_of_day", "message", "name", "email", "phone"]

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("The answer goes here.")
        days = {"min": today.isoformat(), "max": (today + FARTHEST_WISH).isoformat()}
        for name in ("preferred_from", "preferred_until"):
            self.fields[name].widget.attrs |= days
