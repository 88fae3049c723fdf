"""Who is told what, when a booking moves: e-mails, notifications in the app, live pages.

Each handler may meet its event again, so every message carries a key made of the event's id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bookings import events
from bookings.domain.lifecycle_table import HOLDING, Status
from bookings.letters import Mail, write
from bookings.models import Booking, Channel
from bookings.selectors import whole_bookings
from bookings.services.money import SUBJECT
from core import outbox
from core.models import OutboxEvent
from live import push
from notifications.services import notify
from payments.selectors import given_back, payment_of


def letters(event: OutboxEvent) -> Sequence[Mail]:
    """Which letters an event causes. A professional is not written about what they did themselves."""
    topic, facts = event.topic, event.payload
    if topic == "AppointmentBooked":
        # Who books on our pages is led to the checkout; whom the practice booked learns of it here.
        by_practice = facts["channel"] == Channel.MANUAL and facts["awaits_payment"]
        return (Mail("booking_to_pay", "patient"),) if by_practice else ()
    if topic == "AppointmentRequested":
        return Mail("booking_waiting", "patient"), Mail("booking_request", "professional")
    if topic == "AppointmentConfirmed":
        patient = Mail("booking_confirmed", "patient", with_calendar=True)
        if facts["automatic"]:
            return patient, Mail("booking_confirmed_professional", "professional", with_calendar=True)
        return (patient,)
    if topic == "AppointmentCancelled":
        patient = Mail("booking_cancelled", "patient", with_calendar=True)
        if facts["cancelled_by"] == "professional":
            return (patient,)
        return patient, Mail("booking_cancelled_professional", "professional", with_calendar=True)
    if topic == "AppointmentRescheduled":
        patient = Mail("booking_rescheduled", "patient", with_calendar=True)
        return patient, Mail("booking_rescheduled_professional", "professional", with_calendar=True)
    if topic == "AppointmentCompleted":
        return (Mail("booking_no_show", "patient"),) if facts["attendance_status"] == "NO_SHOW" else ()
    simple = {
        "AppointmentRejected": "booking_rejected",
        "AppointmentExpired": "booking_expired",
        "AppointmentReaddressed": "booking_new_link",
        "LatePaymentRefunded": "payment_late_refunded",
    }
    return (Mail(simple[topic], "patient"),) if topic in simple else ()


@outbox.handles(*events.TOPICS)
def write_to_patient(event: OutboxEvent) -> None:
    _write_letters(event, "patient")


@outbox.handles(*events.TOPICS)
def write_to_professional(event: OutboxEvent) -> None:
    """A delivery of its own: an address that does not work keeps the other side waiting for nothing."""
    _write_letters(event, "professional")


def _write_letters(event: OutboxEvent, to: str) -> None:
    mails = [mail for mail in letters(event) if mail.to == to]
    if not mails:
        return
    booking = _booking(event)
    if _is_old_news(event, booking):
        return
    if to == "professional" and not booking.professional.policy.email_notifications:
        return
    for mail in mails:
        _write(event, booking, mail)


def _is_old_news(event: OutboxEvent, booking: Booking) -> bool:
    """It was asked for, confirmed or moved, and is off by now: the letter that says so is the one to send."""
    if event.topic == "AppointmentBooked":
        return booking.status != Status.PENDING_PAYMENT
    hopeful = {
        "AppointmentRequested",
        "AppointmentConfirmed",
        "AppointmentRescheduled",
        "AppointmentReaddressed",
    }
    return event.topic in hopeful and booking.status not in HOLDING


def _write(event: OutboxEvent, booking: Booking, mail: Mail) -> None:
    moved = event.topic == "AppointmentRescheduled"
    told = replace(
        mail,
        facts=event.payload,
        reason=booking.move_reason if moved else booking.closing_reason,
        refunded=_given_back(booking),
        cancelled=event.topic == "AppointmentCancelled",
    )
    write(booking, told, key=f"{event.pk}:{mail.kind}")


def _given_back(booking: Booking) -> Decimal:
    payment = payment_of(SUBJECT, booking.pk)
    return given_back(payment) if payment else Decimal(0)


@outbox.handles("AppointmentRequested", "AppointmentConfirmed")
def notify_in_app(event: OutboxEvent) -> None:
    """The two notifications of source 1, to whoever has an account."""
    booking = _booking(event)
    if event.topic == "AppointmentRequested":
        payment = payment_of(SUBJECT, booking.pk)
        notify(
            user=booking.professional.user,
            kind="BOOKING_REQUEST",
            dedupe_key=f"{event.pk}:BOOKING_REQUEST",
            payload={
                "booking_id": str(booking.pk),
                "amount": str(booking.price),
                "currency": booking.currency,
                "payment_id": str(payment.pk) if payment else None,
                "patient_id": str(booking.patient_id),
            },
        )
    elif booking.patient.user is not None:
        notify(
            user=booking.patient.user,
            kind="BOOKING_CONFIRMED",
            dedupe_key=f"{event.pk}:BOOKING_CONFIRMED",
            payload={
                "booking_id": str(booking.pk),
                "professional_name": booking.professional.name,
                "room": booking.meeting.room if booking.meeting else None,
                "can_join_now": booking.meeting is not None
                and booking.meeting.opens_at <= event.created_at < booking.meeting.closes_at,
            },
        )


@outbox.handles(*events.TOPICS)
def refresh_pages(event: OutboxEvent) -> None:
    """Open pages of both sides ask again; the push itself says only which booking moved."""
    booking = _booking(event)
    facts = {"booking_id": str(booking.pk), "status": booking.status, "event": event.topic}
    push.send(f"user:{booking.professional.user_id}", "booking.updated", facts)
    push.send(f"booking:{booking.pk}", "booking.updated", facts)
    if booking.patient.user_id:
        push.send(f"user:{booking.patient.user_id}", "booking.updated", facts)


def _booking(event: OutboxEvent) -> Booking:
    return whole_bookings().select_related("patient__user").get(pk=event.payload["booking_id"])
