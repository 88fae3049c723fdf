"""Numbers, shares and days as the active language writes them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from django.conf import settings
from django.utils import translation


def number(value: float | Decimal) -> str:
    """ "12,345" or "12.345"."""
    return format_decimal(value, locale=_locale())


def short_number(value: float | Decimal) -> str:
    """ "1.2M" or "1,2 M", for where there is little room."""
    return format_compact_decimal(value, fraction_digits=1, locale=_locale())


def percent(value: float | None) -> str:
    """ "8.5%" or "8,5 %" of 0.085; a dash where there is none."""
    if value is None:
        return "–"
    locale = _locale()
    return format_percent(value, locale.percent_formats[None].pattern.replace("0", "0.#"), locale=locale)


def day_and_month(day: date) -> str:
    """ "24 Nov" or "24 nov"."""
    return format_date(day, "d MMM", locale=_locale())


def short_date_of_year(day: date) -> str:
    """ "24 Nov 2026" or "24 nov 2026"."""
    return format_date(day, "d MMM y", locale=_locale())


def long_date(day: date) -> str:
    """ "24 November 2026" or "24 de noviembre de 2026"."""
    return format_date(day, "d MMMM y" if _locale().language == "en" else "long", locale=_locale())


def _locale() -> Locale:
    return Locale.parse((translation.get_language() or settings.LANGUAGE_CODE).partition("-")[0])
