"""The rules of free times in words, for the person who meets them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.domain.slots import Refusal

refusal_words: dict[Refusal, str | Promise] = {
    Refusal.PAST: _("This time is already past."),
    Refusal.TOO_SOON: _("This time is too soon: the professional needs more notice."),
    Refusal.TOO_FAR: _("This time is too far ahead: bookings are not open so late yet."),
    Refusal.CLOSED: _("The professional does not work at this time."),
    Refusal.HOLIDAY: _("The professional does not work on this public holiday."),
    Refusal.OTHER_SERVICES: _("This time is kept for other services."),
    Refusal.TIME_OFF: _("The professional is away at this time."),
    Refusal.OFF_GRID: _("Appointments do not start at this minute."),
    Refusal.DAY_FULL: _("The professional takes no more appointments on this day."),
    Refusal.TAKEN: _("Somebody has just taken this time. Please choose another one."),
    Refusal.BOOKING_CLOSED: _("This professional takes no bookings online."),
    Refusal.PATIENTS_ONLY: _("Only patients of this practice can book, with their account."),
    Refusal.PATIENT_BUSY: _("You already have another appointment at this time."),
}
