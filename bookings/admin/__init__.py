"""What medical administration sees and does: bookings, requests, patients, memberships; and the statistics."""

from bookings.admin import bookings, home, memberships, patients, requests
from bookings.views import statistics  # its pages are in the admin

__all__ = ["bookings", "home", "memberships", "patients", "requests", "statistics"]
