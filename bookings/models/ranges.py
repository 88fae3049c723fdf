"""Ranges as PostgreSQL computes them from two columns: what exclusion constraints compare."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField, IntegerRangeField
from django.db.models import Case, Func, IntegerField, When
from django.db.models.functions import Cast, ExtractHour, ExtractMinute


class TsTzRange(Func):
    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class MinuteRange(Func):
    """Minutes of a day between two wall times; 00:00 as the end is midnight at the end of the day."""

    function = "INT4RANGE"
    output_field = IntegerRangeField()


def minute_range(starts: str, ends: str) -> MinuteRange:
    return MinuteRange(_minute(starts), Case(When(**{ends: "00:00"}, then=1440), default=_minute(ends)))


def _minute(name: str) -> Cast:
    return Cast(ExtractHour(name) * 60 + ExtractMinute(name), IntegerField())
