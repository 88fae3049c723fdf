"""Services, openings, rules, bookings and requests for one."""

from bookings.models.availability import AvailabilityBlock, TimeOff
from bookings.models.bookings import Absent, Booking, BookingEvent, CancelledBy, Channel, WhyExpired
from bookings.models.policy import BookingPolicy
from bookings.models.ranges import TsTzRange
from bookings.models.services import MEETING_MODALITIES, Modality, Service

__all__ = [
    "MEETING_MODALITIES",
    "Absent",
    "AvailabilityBlock",
    "Booking",
    "BookingEvent",
    "BookingPolicy",
    "CancelledBy",
    "Channel",
    "Modality",
    "Service",
    "TimeOff",
    "TsTzRange",
    "WhyExpired",
]
