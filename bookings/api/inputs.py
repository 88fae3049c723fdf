"""What the API is told about bookings: shapes, lengths, zones. What may be booked is the domain's to say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from bookings.domain import lengths
from core.api.fields import InstantField, ZoneField

LONGEST_RANGE = timedelta(days=62)
OUTSIDE_HOURS = (
    "Also when the practice is closed, away, full for the day, or starts at other minutes; never when taken."
)


class SlotQuery(serializers.Serializer[dict[str, Any]]):
    """`from` and `to` are dates (at most 62 days, both included) in the zone `tz`."""

    professional = serializers.CharField(max_length=80, help_text="Slug or id.")
    to = serializers.DateField(source="last", help_text="Last date, included.")
    service = serializers.CharField(
        max_length=80, required=False, help_text="Slug or id; all when not given."
    )
    tz = ZoneField(required=False, help_text="IANA zone of the dates; the professional's when not given.")

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is a word of the language."""
        first = serializers.DateField(source="first", help_text="First date, YYYY-MM-DD.")
        return {"from": first, **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first: date = attrs["first"]
        last: date = attrs["last"]
        if last < first:
            raise serializers.ValidationError({"to": _("The last date is before the first.")}, code="order")
        if last - first >= LONGEST_RANGE:
            raise serializers.ValidationError(
                {"to": _("At most 62 days can be asked for at once.")}, code="range_too_long"
            )
        return attrs


class Words(serializers.CharField):
    """Several lines, measured with one character for each line's end."""

    def to_internal_value(self, data: Any) -> str:
        return lengths.one_newline(super().to_internal_value(data))


class ReasonInput(serializers.Serializer[dict[str, Any]]):
    reason = Words(max_length=lengths.CLOSING_REASON, required=False, allow_blank=True, default="")


class RescheduleInput(ReasonInput):
    start = InstantField(help_text="A free start, as `availability/slots` gives it.")


class PracticeRescheduleInput(RescheduleInput):
    """The last two are the professional's alone."""

    duration_minutes = serializers.IntegerField(
        min_value=5, max_value=480, required=False, help_text="A multiple of 5; as it was when not given."
    )
    outside_hours = serializers.BooleanField(default=False, help_text=OUTSIDE_HOURS)


class ChangeInput(serializers.Serializer[dict[str, Any]]):
    """What is not given stays as it is."""

    reason = Words(max_length=lengths.REASON, required=False, allow_blank=True, help_text="What it is about.")
    notes = Words(
        max_length=lengths.NOTES,
        required=False,
        allow_blank=True,
        help_text="The professional's own; the patient never reads them.",
    )


class _BookingInput(serializers.Serializer[dict[str, Any]]):
    """What a guest and a patient with an account both say."""

    service = serializers.CharField(max_length=80, help_text="Slug or id.")
    start = InstantField(help_text="A free start, as `availability/slots` gives it.")
    phone = serializers.CharField(
        max_length=lengths.PHONE,
        validators=[lengths.valid_phone],
        required=False,
        allow_blank=True,
        default="",
    )
    reason = Words(
        max_length=lengths.REASON,
        required=False,
        allow_blank=True,
        default="",
        help_text="Only the professional reads it.",
    )
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    timezone = ZoneField(required=False, help_text="For the times in what is written to the patient.")
    gateway = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        default="",
        help_text="Where to pay, if not where preferred.",
    )


class AccountBookingInput(_BookingInput):
    """Name and e-mail are the account's."""

    professional = serializers.CharField(max_length=80, help_text="Slug or id.")


class GuestBookingInput(_BookingInput):
    name = serializers.CharField(min_length=2, max_length=lengths.NAME, validators=[lengths.valid_name])
    email = serializers.EmailField(max_length=254)

    def validate_name(self, name: str) -> str:
        """One line: it stands in subjects of e-mails."""
        return " ".join(name.split())


class BookingByHandInput(_BookingInput):
    """The practice books for a patient on record, or for somebody new."""

    professional = serializers.CharField(
        max_length=80,
        required=False,
        help_text="Slug or id; for medical administration, who books for others.",
    )
    patient = serializers.UUIDField(required=False, help_text="A patient of the practice.")
    name = serializers.CharField(
        min_length=2, max_length=lengths.NAME, validators=[lengths.valid_name], required=False
    )
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True, default="")
    outside_hours = serializers.BooleanField(default=False, help_text=OUTSIDE_HOURS)
    pays_at_practice = serializers.BooleanField(
        default=False, help_text="Confirmed at once; else a price is asked for online."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("patient" in attrs) == ("name" in attrs):
            raise serializers.ValidationError(
                {"patient": _("Say who comes: either a patient of yours, or the name of somebody new.")},
                code="patient_or_name",
            )
        return attrs


class WhyQuery(serializers.Serializer[dict[str, Any]]):
    professional = serializers.CharField(max_length=80, help_text="Slug or id.")
    service = serializers.CharField(max_length=80, help_text="Slug or id.")
    start = InstantField()


def asked_language() -> str:
    """The language of the request, where it does not name another."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]
