"""How bookings look: the tone of each status, the icon of each modality."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from core.templatetags.ui import icon

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
    """Class that colours the badge of a booking's status."""
    return BOOKING_TONES.get(status, "")
