"""One letter about a booking, in its reader's language and zone. Who is written to, and when, is for others to say
(`announcements` for what happened, `services.reminders` for what comes)."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from bookings.access import SeatRole, manage_url
from bookings.calendar_file import calendar_file
from bookings.models import Booking
from bookings.models.services import Modality
from core.money import format_money
from notifications.services import queue_email, render_email

# All others are for the patient.
TO_PROFESSIONAL = frozenset(
    {
        "booking_request",
        "booking_confirmed_professional",
        "booking_cancelled_professional",
        "booking_rescheduled_professional",
        "request_made",
    }
)


@dataclass(frozen=True)
class Mail:
    """What is written: `to` is a side of the booking, `kind` names the template, `reason` is passed on, and so is
    how much was given back."""

    kind: str
    to: SeatRole
    with_calendar: bool = False
    cancelled: bool = False
    reason: str = ""
    refunded: Decimal = Decimal(0)
    facts: Mapping[str, Any] = field(default_factory=dict)
    # Of no use once the appointment has begun.
    before_start: bool = False


def write(booking: Booking, mail: Mail, *, key: str) -> None:
    """Queues the letter, once for each `key`. Who has no address gets none.

    The booking is a whole one (`selectors.whole_bookings`).
    """
    to_patient = mail.to == "patient"
    recipient = booking.patient.email if to_patient else booking.professional.user.mail_address
    if not recipient:
        return
    language = language_of(booking) if to_patient else booking.professional.user.language
    with override(language):
        context = _context(booking, mail, zone_of(booking, mail.to))
        calendar = _calendar(booking, mail, context)
    subject, text, html = render_email(mail.kind, context, language)
    queue_email(
        kind=mail.kind,
        dedupe_key=key,
        recipient=recipient,
        language=language,
        subject=subject,
        text=text,
        html=html,
        calendar=calendar,
        data_key=booking.patient.data_key,
        not_after=booking.starts_at if mail.before_start else None,
    )


def language_of(booking: Booking) -> str:
    """What the patient reads: the language of the account, or a guest's, of the page where the booking was made."""
    account = booking.patient.user
    return account.language if account else booking.language


def zone_of(booking: Booking, to: SeatRole) -> str:
    """The name of the zone in which this side reads times: where the practice is, for whoever goes there."""
    travels = booking.modality == Modality.IN_PERSON
    return (to == "patient" and not travels and booking.timezone) or booking.professional.timezone


def _calendar(booking: Booking, mail: Mail, context: dict[str, Any]) -> str:
    if not mail.with_calendar:
        return ""
    link = context["manage_url" if mail.to == "patient" else "doctor_url"]
    return calendar_file(booking, to=mail.to, link=link, cancelled=mail.cancelled)


def _context(booking: Booking, mail: Mail, zone_name: str) -> dict[str, Any]:
    zone = zoneinfo.ZoneInfo(zone_name)
    patient_url = manage_url(booking)
    return {
        "booking": booking,
        "facts": mail.facts,
        "manage_url": patient_url,
        "doctor_url": settings.PUBLIC_URL + reverse("doctor_today"),
        "room_url": patient_url + "room/",
        "starts_local": booking.starts_at.astimezone(zone),
        "ends_local": booking.ends_at.astimezone(zone),
        "zone_name": zone_name,
        "pay_until_local": booking.hold_ends_at and booking.hold_ends_at.astimezone(zone),
        "price_text": _price_text(booking),
        "refund_text": format_money(mail.refunded, booking.currency) if mail.refunded else "",
        "reason": mail.reason,
    }


def _price_text(booking: Booking) -> str:
    if booking.is_free:
        return _("free of charge")
    price = format_money(booking.price, booking.currency)
    return _("%(price)s, paid at the practice") % {"price": price} if booking.pays_at_practice else price
