"""The verbs of a booking. Pages, API, tasks, admin and webhooks all call these, and nothing else writes bookings.

Each locks (Professional where another booking matters, then Booking, Payment, Meeting: always in this order),
re-reads, checks the table and its guards, writes, notes a BookingEvent and publishes the domain event, in one
transaction.
"""

from bookings.services.answers import accept, reject
from bookings.services.booking import book, who_books
from bookings.services.closing import cancel, expire
from bookings.services.meeting import finish, mark_no_show, start, wait_again
from bookings.services.moving import reschedule
from bookings.services.paying import checkout_url
from bookings.services.reminders import send_reminders
from bookings.services.settlement import payment_settled
from bookings.services.sweep import sweep

__all__ = [
    "accept",
    "book",
    "cancel",
    "checkout_url",
    "expire",
    "finish",
    "mark_no_show",
    "payment_settled",
    "reject",
    "reschedule",
    "send_reminders",
    "start",
    "sweep",
    "wait_again",
    "who_books",
]
