"""What medical administration sees and does: bookings, requests, patients; and the statistics."""

from bookings.admin import bookings, home, patients, requests
from bookings.views import statistics  # its pages are in the admin

__all__ = ["bookings", "home", "patients", "requests", "statistics"]
