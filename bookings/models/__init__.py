"""Services, openings, rules, bookings and requests for one."""

from bookings.models.availability import AvailabilityBlock, TimeOff
from bookings.models.bookings import Absent, Booking, BookingEvent, CancelledBy, Channel, WhyExpired
from bookings.models.plans import Membership, Plan, PlanService
from bookings.models.policy import BookingPolicy
from bookings.models.ranges import MinuteRange, TsTzRange
from bookings.models.requests import BookingRequest, PartOfDay, RequestStatus
from bookings.models.services import MEETING_MODALITIES, Modality, Service

__all__ = [
    "MEETING_MODALITIES",
    "Absent",
    "AvailabilityBlock",
    "Booking",
    "BookingEvent",
    "BookingPolicy",
    "BookingRequest",
    "CancelledBy",
    "Channel",
    "Membership",
    "MinuteRange",
    "Modality",
    "PartOfDay",
    "Plan",
    "PlanService",
    "RequestStatus",
    "Service",
    "TimeOff",
    "TsTzRange",
    "WhyExpired",
]
