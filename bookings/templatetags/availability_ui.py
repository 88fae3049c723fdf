"""How openings and time off read."""

from __future__ import annotations

from datetime import date

from babel.dates import format_interval
from django import template
from django.contrib.messages.storage.base import Message
from django.utils import timezone
from django.utils.translation import get_language

from bookings.domain.days_off import days_of
from bookings.models import AvailabilityBlock, TimeOff
from core.templatetags.ui import short_date

register = template.Library()


@register.filter
def only_for(block: AvailabilityBlock) -> str:
    """ "Consultation, video call": whom an opening is for; empty when for all."""
    modalities = dict(AvailabilityBlock._meta.get_field("modalities").base_field.flatchoices)
    services = [service.name for service in block.services.all()]
    return ", ".join([*services, *(str(modalities[modality]) for modality in block.modalities)])


@register.filter
def hours(block: AvailabilityBlock) -> str:
    return f"{block.starts:%H:%M}–{block.ends:%H:%M}"


@register.filter
def anchor(row: AvailabilityBlock | TimeOff | int) -> str:
    """The id of the row of these hours, of this time off, or of this day of the week."""
    if isinstance(row, int):
        return f"day-{row}"
    return f"block-{row.pk}" if isinstance(row, AvailabilityBlock) else f"off-{row.pk}"


@register.filter
def at(said: dict[str, list[Message]], place: str) -> list[Message]:
    """The messages that belong to this place of the page."""
    return said.get(place, [])


@register.filter
def wall_clock(minute: int) -> str:
    """ "09:30" for 570; the end of the day is 00:00."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


@register.filter
def span(off: TimeOff) -> str:
    """ "Tue 24 Nov", "Tue 24 Nov – Fri 27 Nov", "Tue 24 Nov, 09:00–12:00" in the practice's zone; no moment is broken
    over two lines."""
    zone = off.professional.zone
    starts, ends = off.starts_at.astimezone(zone), off.ends_at.astimezone(zone)
    if days := days_of(off.starts_at, off.ends_at, zone):
        words = " – ".join(_day(day) for day in sorted(set(days)))
    elif starts.date() == ends.date():
        words = f"{_day(starts.date())}, {starts:%H:%M}–{ends:%H:%M}"
    else:
        words = " – ".join(f"{_day(moment.date())}, {moment:%H:%M}" for moment in (starts, ends))
    return words.replace(" ", "\u00a0").replace("\u00a0–\u00a0", "\u00a0– ")


@register.simple_tag
def days_between(first: date, last: date) -> str:
    """ "23 – 29 Nov 2026", as the language says it."""
    return format_interval(first, last, "yMMMd", locale=(get_language() or "en").partition("-")[0])


def _day(day: date) -> str:
    """Other years than this one are named."""
    year = "" if day.year == timezone.localdate().year else f" {day.year}"
    return short_date(day) + year
