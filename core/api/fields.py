"""Fields that every part of the API shares: instants, zones, money."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.errors import Refused
from core.middleware import known_zone
from core.money import quantize

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class InstantField(serializers.DateTimeField):
    """RFC 3339, out in UTC with `Z`. In, a time must say its zone or offset: a bare wall time is ambiguous."""

    default_error_messages = {
        "invalid": _("Enter a time with its offset, such as 2030-01-31T15:00:00Z."),
        "overflow": _("This time is out of range."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def to_internal_value(self, value: Any) -> datetime:
        try:
            parsed = parse_datetime(value)
        except (TypeError, ValueError):
            parsed = None
        if parsed is None or parsed.tzinfo is None:
            self.fail("invalid")
        try:
            instant = parsed.astimezone(UTC)
        except OverflowError:
            self.fail("overflow")
        if not EARLIEST <= instant < LATEST:
            self.fail("overflow")
        return instant


class ZoneField(serializers.CharField):
    """The name of an IANA zone, such as America/Bogota."""

    default_error_messages = {"unknown_zone": _("Unknown time zone.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        name: str = super().to_internal_value(data)
        if known_zone(name) is None:
            self.fail("unknown_zone")
        return name


@extend_schema_field({"type": "string", "format": "decimal", "example": "25000.00"})
class MoneyField(serializers.Field):
    """An amount as a string with its currency's decimals; the object has a `currency`."""

    def __init__(self, amount: str = "amount", **kwargs: Any) -> None:
        self.amount = amount
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return money_text(getattr(value, self.amount), value.currency)


def money_text(amount: Decimal, currency: str) -> str:
    """As answers say it."""
    try:
        return str(quantize(amount, currency))
    except Refused:  # what is stored can be read, even where it would not be accepted today
        return f"{amount.normalize():f}"
