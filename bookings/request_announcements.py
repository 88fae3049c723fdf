"""Who is told what of a booking request: e-mails, a notification in the app, live pages.

One that is accepted needs no letter of its own: the booking writes. Each handler may meet its event again, so
every message carries a key made of the event's id.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from bookings.access import SeatRole
from bookings.events import requests as request_events
from bookings.models import BookingRequest, RequestStatus
from bookings.selectors.requests import whole_requests
from core import outbox
from core.models import OutboxEvent
from live import push
from notifications.services import notify, queue_email, render_email
from notifications.wording import BOOKING_WISH

_TO_PATIENT = {
    "RequestMade": "request_received",
    "RequestRejected": "request_rejected",
    "RequestExpired": "request_expired",
}


@outbox.handles(*_TO_PATIENT)
def write_to_patient(event: OutboxEvent) -> None:
    _write(event, _TO_PATIENT[event.topic], "patient")


@outbox.handles("RequestMade")
def write_to_professional(event: OutboxEvent) -> None:
    """A delivery of its own: an address that does not work keeps the other side waiting for nothing."""
    _write(event, "request_made", "professional")


@outbox.handles("RequestMade")
def notify_in_app(event: OutboxEvent) -> None:
    request = _request(event)
    notify(
        user=request.professional.user,
        kind=BOOKING_WISH,
        dedupe_key=f"{event.pk}:{BOOKING_WISH}",
        payload={"request_id": str(request.pk), "service_id": str(request.service_id)},
    )


@outbox.handles(*request_events.TOPICS)
def refresh_pages(event: OutboxEvent) -> None:
    """The professional's open pages count anew; the push itself says only which request moved."""
    request = _request(event)
    facts = {
        "booking_id": str(request.booking_id) if request.booking_id else None,
        "request_id": str(request.pk),
        "status": request.status,
        "event": event.topic,
    }
    push.send(f"user:{request.professional.user_id}", "booking.updated", facts)


def _write(event: OutboxEvent, kind: str, to: SeatRole) -> None:
    request = _request(event)
    if event.topic == "RequestMade" and request.status != RequestStatus.PENDING:
        return  # answered meanwhile: the letter that says so is the one to send
    if to == "professional" and not request.professional.policy.email_notifications:
        return
    reader = request.professional.user
    language = request.language if to == "patient" else reader.language
    recipient = request.email if to == "patient" else reader.mail_address
    if not recipient or request.data_key is None:
        return  # erased meanwhile, or left
    subject, text, html = render_email(kind, _context(request, to), language)
    queue_email(
        kind=kind,
        dedupe_key=f"{event.pk}:{kind}",
        recipient=recipient,
        language=language,
        subject=subject,
        text=text,
        html=html,
        data_key=request.data_key,
    )


def _context(request: BookingRequest, to: SeatRole) -> dict[str, Any]:
    service, professional = request.service, request.professional
    own_zone = (to == "patient" and request.timezone) or professional.timezone
    # A patient who is told no may look again for a free time; the practice answers on its own page.
    page = (
        reverse("choose_time", args=[professional.slug, service.slug])
        if to == "patient"
        else reverse("doctor_requests")
    )
    return {
        "request": request,
        "to_patient": to == "patient",
        "link": settings.PUBLIC_URL + page,
        "expires_local": request.expires_at.astimezone(ZoneInfo(own_zone)),
        "reason": request.closing_reason,
    }


def _request(event: OutboxEvent) -> BookingRequest:
    return whole_requests().get(pk=event.payload["request_id"])
