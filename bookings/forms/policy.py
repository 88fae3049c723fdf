"""What a professional decides about bookings, in the units people think in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional
from bookings.domain.public_holidays import is_known, regions_of
from bookings.forms.controls import (
    DAY,
    HOUR,
    Affixed,
    OfferedNumberField,
    OfferedNumbersField,
    RefusableForm,
    before_the_start,
    span_words,
)
from bookings.models import BookingPolicy
from payments.ways import all_ways_to_pay


def _validators(name: str) -> Any:
    """The bounds are the model's."""
    return getattr(BookingPolicy, name).field.validators


def _days_ahead(days: int) -> str:
    return (
        gettext("a year ahead")
        if days == 365
        else gettext("%(span)s ahead") % {"span": span_words(days * DAY)}
    )


def _notice(minutes: int) -> str:
    return before_the_start(minutes) if minutes else gettext("up to the last minute")


def _until(hours: int) -> str:
    return before_the_start(hours * HOUR) if hours else gettext("the start")


def _share(percent: int) -> str:
    if percent in (0, 100):
        return gettext("everything") if percent else gettext("nothing")
    return f"{percent} %"


def _late(minutes: int) -> str:
    return ngettext("%(number)d minute after the start", "%(number)d minutes after the start", minutes) % {
        "number": minutes
    }


class PolicyForm(RefusableForm):
    """Every rule of a practice on one page; what each one means for patients stands beside it."""

    allow_public_booking = forms.BooleanField(
        label=_("Patients book on my page"),
        required=False,
        help_text=_("Switched off, only you enter appointments; your page says that you take none online."),
    )
    patients_only = forms.BooleanField(
        label=_("Only people who are my patients already"),
        required=False,
        help_text=_(
            "They sign in with the e-mail that you have on record. Others read that you book your patients only."
        ),
    )
    horizon_days = OfferedNumberField(
        (7, 14, 21, 30, 45, 60, 90, 120, 180, 365),
        _days_ahead,
        label=_("Bookings are open"),
        help_text=_("How far ahead patients see your free times."),
    )
    minimum_notice_minutes = OfferedNumberField(
        (0, 30, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 14 * DAY),
        _notice,
        label=_("Booked at the latest"),
        help_text=_("Closer to the start, a free time is no longer offered."),
    )
    step_minutes = OfferedNumberField(
        (5, 10, 15, 20, 30, 45, 60, 90, 120),
        label=_("Times start every"),
        help_text=_("With 30 minutes patients choose among 9:00, 9:30, 10:00 and so on."),
    )
    max_bookings_per_day = forms.IntegerField(
        label=_("At most on one day"),
        required=False,
        validators=_validators("max_bookings_per_day"),
        help_text=_("Once so many are booked, the day shows as full."),
        widget=Affixed(after=_("appointments"), attrs={"inputmode": "numeric"}),
    )
    auto_accept = forms.BooleanField(
        label=_("Confirm bookings without asking me"),
        required=False,
        help_text=_("Switched off, each booking waits for your answer, and the patient reads that it does."),
    )
    answer_minutes = OfferedNumberField(
        (30, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 14 * DAY),
        label=_("My time to answer"),
        help_text=_("A request without an answer by then expires, and the patient gets back what was paid."),
    )
    hold_minutes = OfferedNumberField(
        (5, 10, 15, 20, 30, 45, HOUR, 2 * HOUR, 12 * HOUR, DAY),
        label=_("The patient's time to pay"),
        help_text=_("So long the chosen time is kept; then others can have it again."),
    )
    cancellation_hours = OfferedNumberField(
        (0, 1, 2, 4, 6, 12, 24, 36, 48, 72, 168),
        _until,
        label=_("Free cancellation until"),
        help_text=_("Until then a patient cancels or moves without loss. Your page says so."),
    )
    late_refund_percent = OfferedNumberField(
        (0, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 100),
        _share,
        label=_("Who cancels later gets back"),
        help_text=_("Of the price. When you cancel, patients always get back everything."),
    )
    no_show_grace_minutes = OfferedNumberField(
        (0, 5, 10, 15, 20, 30, 45, 60),
        _late,
        label=_("A patient counts as absent"),
        help_text=_("From then on you can note that nobody came. The price is not returned."),
    )
    reminder_minutes = OfferedNumbersField(
        (14 * DAY, 7 * DAY, 3 * DAY, 2 * DAY, DAY, 12 * HOUR, 4 * HOUR, 2 * HOUR, HOUR, 30, 15),
        label=_("Remind patients by e-mail, this long before the start"),
        required=False,
        help_text=_("With the time, how to join, and a link to move or cancel. At most five."),
    )
    gateways = forms.MultipleChoiceField(
        label=_("Patients pay by"),
        help_text=_("New payments follow this; those that were asked for before keep their ways."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one way to pay.")},
    )
    first_gateway = forms.ChoiceField(
        label=_("Shown first"), help_text=_("Used where the patient does not choose.")
    )
    email_notifications = forms.BooleanField(
        label=_("Write to me as well"),
        required=False,
        help_text=_(
            "An e-mail for each request, and when a patient moves or cancels. Today shows them in any case."
        ),
    )
    closed_on_holidays = forms.BooleanField(
        label=_("Closed on public holidays"),
        required=False,
        help_text=_("Your weekly hours are not offered then. Hours that you open on one date still are."),
    )
    holiday_region = forms.ChoiceField(
        label=_("Region"), required=False, help_text=_("Some regions have holidays of their own.")
    )

    def __init__(self, *args: Any, professional: Professional, policy: BookingPolicy, **options: Any) -> None:
        kept = {name: getattr(policy, name) for name in self.base_fields if hasattr(policy, name)}
        self._known, self._chosen = [way.name for way in all_ways_to_pay()], list(policy.gateways)
        kept["gateways"] = [name for name in self._chosen or self._known if name in self._known]
        kept["first_gateway"] = next(iter(kept["gateways"]), "")
        options["initial"] = kept
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if isinstance(field, OfferedNumberField):
                field.offer(kept[name])
            elif isinstance(field, OfferedNumbersField):
                field.offer(*kept[name])
        self.calendar_is_known = is_known(professional.country)
        self._holidays(professional, policy)
        self._ways_to_pay()

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first = given.pop("first_gateway", "")
        if first and "gateways" in given:
            if first not in given["gateways"]:
                self.add_error("first_gateway", gettext("Please choose one of those that you take."))
            given["gateways"] = self._ordered(first, given["gateways"])
        return given

    def _ordered(self, first: str, names: list[str]) -> list[str]:
        """The first one leads, the others follow as they did. All of them, as usual, is no choice: what the
        installation will use one day counts too."""
        order = [first, *self._chosen, *self._known]
        chosen = sorted(names, key=order.index)
        return [] if chosen == self._known else chosen

    def _ways_to_pay(self) -> None:
        """Where there is only one, there is nothing to choose."""
        if len(self._known) < 2 and self._chosen in ([], self._known):
            del self.fields["gateways"], self.fields["first_gateway"]
            return
        choices = [(way.name, way.title) for way in all_ways_to_pay()]
        for name in ("gateways", "first_gateway"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _holidays(self, professional: Professional, policy: BookingPolicy) -> None:
        """Where no calendar is known, they can at most be switched off again."""
        regions = regions_of(professional.country)
        if not regions:
            del self.fields["holiday_region"]
        else:
            whole = [("", gettext("the whole country"))]
            self.fields["holiday_region"].choices = whole + regions  # type: ignore[attr-defined]
        if not self.calendar_is_known and not policy.closed_on_holidays:
            del self.fields["closed_on_holidays"]
