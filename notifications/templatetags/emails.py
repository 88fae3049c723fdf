"""Times in e-mails: in the reader's zone, which the value itself carries, whoever's request renders them."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date
from django import template
from django.utils.translation import get_language

register = template.Library()


@register.filter
def day(value: datetime) -> str:
    """ "Tuesday, November 24, 2026", "martes, 24 de noviembre de 2026": whole, for mail is read later."""
    return format_date(value.date(), "full", locale=_locale())


@register.filter
def short_day(value: datetime) -> str:
    """ "November 24", "24 de noviembre": for subjects."""
    return format_date(value.date(), _SHORT.get(_locale(), "MMMM d"), locale=_locale())


@register.filter
def hour(value: datetime) -> str:
    """ "14:30" """
    return value.strftime("%H:%M")


_SHORT = {"es": "d 'de' MMMM"}


def _locale() -> str:
    return (get_language() or "es").split("-")[0]
