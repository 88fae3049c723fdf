"""The verbs of a booking. Pages, API, tasks, admin and webhooks all call these, and nothing else writes bookings.

Each locks (Professional where another booking matters, then Booking, Payment, Meeting: always in this order),
re-reads, checks the table and its guards, writes, notes a BookingEvent and publishes the domain event, in one
transaction.
"""

from bookings.services.answers import accept, reject
from bookings.services.booking import book, who_books
from bookings.services.changing import change_booking
from bookings.services.closing import cancel, expire
from bookings.services.manual import book_by_hand
from bookings.services.meeting import finish, mark_no_show, start, wait_again
from bookings.services.membership_notices import send_membership_notices
from bookings.services.memberships import membership_checkout_url, membership_settled, subscribe
from bookings.services.moving import reschedule
from bookings.services.patients import add_patient, change_patient, merge_patients, remove_patient
from bookings.services.paying import checkout_url
from bookings.services.plans import delete_plan, offer_plan, save_plan
from bookings.services.reminders import send_reminders
from bookings.services.requests import (
    accept_request,
    expire_request,
    reject_request,
    request_booking,
    withdraw_request,
)
from bookings.services.settlement import payment_settled
from bookings.services.sweep import sweep

__all__ = [
    "accept",
    "accept_request",
    "add_patient",
    "book",
    "book_by_hand",
    "cancel",
    "change_booking",
    "change_patient",
    "checkout_url",
    "delete_plan",
    "expire",
    "expire_request",
    "finish",
    "mark_no_show",
    "membership_checkout_url",
    "membership_settled",
    "merge_patients",
    "offer_plan",
    "payment_settled",
    "reject",
    "reject_request",
    "remove_patient",
    "request_booking",
    "reschedule",
    "save_plan",
    "send_membership_notices",
    "send_reminders",
    "start",
    "subscribe",
    "sweep",
    "wait_again",
    "who_books",
    "withdraw_request",
]
