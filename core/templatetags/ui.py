"""Small pieces of the look for every app's templates: icons, form fields, money, times, initials."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date, get_timezone_location
from django import template
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.money import format_money

register = template.Library()

SPRITE = "img/icons.svg"
TINTS = 5

MESSAGE_ICONS = {"ok": "circle-check", "warn": "triangle-alert", "bad": "circle-alert"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A lucide icon; decoration unless it has a label. New names go into tools/assets/files.json."""
    drawing = format_html('<use href="{}#{}"/>', static(SPRITE), name)
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}">{}</svg>', label, drawing)
    return format_html('<svg class="icon" aria-hidden="true">{}</svg>', drawing)


@register.filter
def message_icon(tone: str) -> str:
    return MESSAGE_ICONS.get(tone, "info")


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """`{{ amount|money:currency }}` in the active language: "€40.00", "40,00 €", "CLP 25,000"."""
    return format_money(amount, currency)


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def weekday_date(value: date | datetime) -> str:
    """ "Tuesday, November 24" or "martes, 24 de noviembre"; other years than this one are named."""
    day = _local(value)
    if day.year != timezone.localdate().year:
        return format_date(day, "full", locale=_language())
    return f"{date_format(day, 'l')}, {date_format(day, 'MONTH_DAY_FORMAT')}"


@register.filter
def clock(value: datetime) -> str:
    """ "14:30": the 24-hour clock in every language, for no appointment may be misread by half a day."""
    return date_format(_local(value), "H:i")


@register.filter
def short_date(value: date | datetime) -> str:
    """ "Tue 24 Nov" or "mar 24 nov"."""
    return format_date(_local(value), "EEE d MMM", locale=_language())


@register.filter
def day_and_clock(value: datetime) -> str:
    """ "14:30" today, else "Tue 24 Nov, 14:30"."""
    today = timezone.localdate(value) == timezone.localdate()
    return clock(value) if today else f"{short_date(value)}, {clock(value)}"


@register.filter
def start_text(value: datetime) -> str:
    """A moment in addresses and forms: "2026-11-24T09:30:00Z"."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.simple_tag
def when(value: datetime, style: str = "full") -> SafeString:
    """A `<time>` in the visitor's zone; style "full" (day and clock), "day" or "clock"."""
    words = {
        "full": f"{weekday_date(value)}, {clock(value)}",
        "day": weekday_date(value),
        "clock": clock(value),
    }
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words[style])


@register.filter
def zone_name(zone: str) -> str:
    """ "Bogotá" or "Bogota" for "America/Bogota": the city as the active language (CLDR) calls it."""
    try:
        return get_timezone_location(str(zone), locale=_language(), return_city=True).rpartition("/")[2]
    except LookupError:
        return str(zone)


def _language() -> str:
    return (translation.get_language() or settings.LANGUAGE_CODE).partition("-")[0]


@register.filter
def language_names(codes: list[str]) -> str:
    """ "Spanish, English" for ["es", "en"], in the active language; unknown codes as they are."""
    return ", ".join(
        translation.gettext(LANG_INFO[code]["name"]) if code in LANG_INFO else code for code in codes
    )


@register.filter
def initials(name: str) -> str:
    """First letters of the first and the last name; titles such as "Dr." and "Dra." do not count."""
    words = [word for word in str(name).split() if word[0].isalpha() and not word.endswith(".")]
    return "".join(word[0].upper() for word in (words[:1] + words[1:][-1:]))


@register.filter
def tint(name: str) -> int:
    """A steady colour for an avatar, from the name."""
    return zlib.crc32(str(name).encode()) % TINTS


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, *, wide: bool = False, optional: bool = True, **attributes: Any
) -> dict[str, Any]:
    """Label, hint, control and errors of a form field, wired for assistive technology.

    Further keywords become attributes of the control, underscores as hyphens:
    `{% field form.email autocomplete="email" wide=True %}`. Optional fields say so unless `optional=False`.
    """
    widget = bound.field.widget
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return {
        "field": bound,
        "control": bound.as_widget(attrs=named),
        "wide": wide,
        "checkbox": isinstance(widget, CheckboxInput),
        "choices": isinstance(widget, RadioSelect | CheckboxSelectMultiple),
        "says_optional": optional and not bound.field.required,
    }
