"""How bookings look: the tone of each status, the icon of each modality."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bookings.models import Booking, BookingRequest
from bookings.selectors.agenda import waiting_for_answer
from bookings.selectors.requests import pending_requests_of
from core.templatetags.ui import icon, short_date, weekday_date

register = template.Library()

# One look for each state of a booking, wherever it is shown: tone of the badge.
BOOKING_TONES = {
    "pending_payment": "warn",
    "waiting_for_professional": "info",
    "confirmed": "ok",
    "in_progress": "live",
    "completed": "",
    "cancelled": "bad",
    "rejected": "bad",
    "expired": "",
    "no_show": "bad",
    # Those of a request for an appointment that a booking does not have.
    "pending": "info",
    "accepted": "ok",
}
# What a state means to the practice; a booking's own words speak of it to everybody.
WORDS_FOR_PRACTICE = {
    "pending_payment": gettext_lazy("Not paid yet"),
    "waiting_for_professional": gettext_lazy("Waits for your answer"),
    "confirmed": gettext_lazy("Confirmed"),
    "in_progress": gettext_lazy("In progress"),
    "completed": pgettext_lazy("one appointment", "Took place"),
    "cancelled": gettext_lazy("Cancelled"),
    "rejected": gettext_lazy("Declined"),
    "expired": gettext_lazy("Expired"),
    "no_show": gettext_lazy("Did not come"),
}
MODALITY_ICONS = {"video": "video", "audio": "phone", "in_person": "map-pin", "chat": "message-circle"}


@register.simple_tag
def modality_icon(modality: str) -> SafeString:
    return icon(MODALITY_ICONS.get(modality, "calendar"))


@register.filter
def is_today(moment: datetime) -> bool:
    """In the visitor's zone."""
    return timezone.localdate(moment) == timezone.localdate()


@register.filter
def tone(status: str) -> str:
    """Class that colours the badge of a booking's or a request's status."""
    return BOOKING_TONES.get(status, "")


@register.filter
def state_for_practice(booking: Booking) -> str:
    """The state of a booking, said to its professional."""
    return str(WORDS_FOR_PRACTICE[booking.status])


@register.simple_tag(takes_context=True)
def pending_requests(context: Context) -> int:
    """How many wait for an answer of whoever looks at the page; counted here unless the page has done so."""
    known: int | None = context.get("pending_requests")
    return pending_requests_of(context["request"].user) if known is None else known


@register.simple_tag(takes_context=True)
def waiting_bookings(context: Context) -> int:
    """How many appointments wait for the answer of whoever looks; counted here unless the page has done so."""
    known: int | None = context.get("waiting_count")
    return waiting_for_answer(context["request"].user, timezone.now()) if known is None else known


@register.filter
def wished_days(wish: BookingRequest, style: str = "short") -> str:
    """ "from Tue 24 Nov to Sat 28 Nov", "until Sat 28 Nov", "any day"; style "full" for what is read later."""
    say = weekday_date if style == "full" else short_date
    first, last = wish.preferred_from, wish.preferred_until
    if first and first == last:
        return _("on %(day)s") % {"day": say(first)}
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": say(first), "last": say(last)}
    if first:
        return _("from %(day)s on") % {"day": say(first)}
    return _("until %(day)s") % {"day": say(last)} if last else _("any day")
