"""Domain events, typed: ids and plain facts for the outbox, never personal data."""

from bookings.events.appointments import (
    ALL,
    TOPICS,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentConfirmed,
    AppointmentEvent,
    AppointmentExpired,
    AppointmentReaddressed,
    AppointmentRejected,
    AppointmentRequested,
    AppointmentRescheduled,
    AppointmentStarted,
    LatePaymentRefunded,
    publish,
)

__all__ = [
    "ALL",
    "TOPICS",
    "AppointmentBooked",
    "AppointmentCancelled",
    "AppointmentCompleted",
    "AppointmentConfirmed",
    "AppointmentEvent",
    "AppointmentExpired",
    "AppointmentReaddressed",
    "AppointmentRejected",
    "AppointmentRequested",
    "AppointmentRescheduled",
    "AppointmentStarted",
    "LatePaymentRefunded",
    "publish",
]
