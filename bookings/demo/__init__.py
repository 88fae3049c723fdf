"""The demo practice: enough for a newcomer to try everything at once. Only ever in the embedded default."""

from bookings.demo.practices import DOCTOR
from bookings.demo.seeding import ADMIN, IT, PASSWORD, PATIENT, seed

__all__ = ["ADMIN", "DOCTOR", "IT", "PASSWORD", "PATIENT", "seed"]
