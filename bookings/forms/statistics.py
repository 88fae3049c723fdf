"""Which figures staff want to see."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.models import Professional
from bookings.domain.periods import Period, Span
from core.errors import DomainError


class StatisticsForm(forms.Form):
    """A professional or nobody in particular; two dates, or the latest weeks. Days are those of the professional's
    zone, else of whoever looks."""

    professional = forms.ModelChoiceField(
        Professional.objects.order_by("name", "id"),
        label=_("Professional"),
        to_field_name="slug",
        empty_label=_("All professionals"),
        required=False,
        widget=UnfoldAdminSelectWidget,
        error_messages={"invalid_choice": _("We could not find this professional.")},
    )
    to = forms.DateField(label=_("Until"), required=False)
    span = forms.ChoiceField(choices=Span.choices, required=False, widget=forms.HiddenInput)

    period: Period

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # `from` is a word of the language.
        self.fields["from"] = forms.DateField(label=_("From"), required=False)
        for name in ("from", "to"):
            self.fields[name].widget = UnfoldAdminTextInputWidget(attrs={"type": "date"})
        self.order_fields(["professional", "from", "to", "span"])

    @property
    def zone(self) -> ZoneInfo:
        professional: Professional | None = self.cleaned_data.get("professional")
        return professional.zone if professional else ZoneInfo(timezone.get_current_timezone_name())

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        try:
            self.period = Period.asked(
                first=given["from"],
                last=given["to"],
                span=Span(given["span"]) if given["span"] else None,
                today=timezone.localdate(timezone=self.zone),
                zone=self.zone,
            )
        except DomainError as error:
            self.add_error(error.attr, str(error))
        else:
            self._show_dates()
        return given

    def _show_dates(self) -> None:
        """The form says which days are shown, also where nobody named them."""
        dates = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        self.data = {name: self.data.get(name, "") for name in self.fields} | dates
