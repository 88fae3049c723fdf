"""Reads, scoped by who asks: bookings, free times, what is offered. Those of one face alone are in their modules."""

from bookings.selectors.bookings import (
    booking_for,
    bookings_for,
    bookings_of_patient,
    bookings_of_professional,
    open_holds_of,
    whole_bookings,
)
from bookings.selectors.offered import active_service, offer, offered_services, services_of
from bookings.selectors.times import (
    Opening,
    door,
    free_slots,
    identities_of,
    next_free_slots,
    openings,
    practice_slots,
    why_not,
)

__all__ = [
    "Opening",
    "active_service",
    "booking_for",
    "bookings_for",
    "bookings_of_patient",
    "bookings_of_professional",
    "door",
    "free_slots",
    "identities_of",
    "next_free_slots",
    "offer",
    "offered_services",
    "open_holds_of",
    "openings",
    "practice_slots",
    "services_of",
    "whole_bookings",
    "why_not",
]
