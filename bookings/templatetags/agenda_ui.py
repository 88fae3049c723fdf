"""Where things stand on the agenda's sheet, as classes of static/css/agenda.css: styles in the page are not allowed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from bookings.domain.agenda import HOUR, Span
from bookings.domain.lifecycle_table import Status, sources
from bookings.models import Booking

register = template.Library()


@register.filter
def place(span: Span[Any]) -> str:
    """ "at h9 m30 dh1" for 9:30 until 10:30 on the sheet."""
    return f"at {point(span.top)} {_parts('dh', 'dm', span.length)}"


@register.filter
def point(minutes: int) -> str:
    """ "h9 m30" for 570 minutes from the top."""
    return _parts("h", "m", minutes)


def _parts(hours: str, minutes: str, amount: int) -> str:
    whole, rest = divmod(amount, HOUR)
    return " ".join([*([f"{hours}{whole}"] if whole else []), *([f"{minutes}{rest}"] if rest else [])])


@register.filter
def may_be_moved(booking: Booking) -> bool:
    """The server decides when it is asked; here what nobody moves is not offered for it."""
    return Status(booking.status) in sources("reschedule")


@register.filter
def is_midnight(moment: datetime) -> bool:
    """In the page's zone."""
    local = timezone.localtime(moment)
    return (local.hour, local.minute) == (0, 0)


@register.filter
def weekday_letter(day: date) -> str:
    """ "M" for a Monday."""
    return date_format(day, "D")[:1].upper()
