"""One booking as a calendar file (RFC 5545): to enter it, move it or take it out of the reader's own calendar.

Calendars are shared and synchronised, so a file says no more than it must: neither the service's name nor
why somebody comes, to the professional not even who, and to the patient no address of the professional.
"""

from __future__ import annotations

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from bookings.access import SeatRole
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, Modality

_STATUS = {
    Status.PENDING_PAYMENT: "TENTATIVE",
    Status.WAITING_FOR_PROFESSIONAL: "TENTATIVE",
    Status.CONFIRMED: "CONFIRMED",
    Status.IN_PROGRESS: "CONFIRMED",
    Status.COMPLETED: "CONFIRMED",
}


def calendar_file(
    booking: Booking, *, link: str, cancelled: bool = False, to: SeatRole | None = "patient"
) -> str:
    """The file, in the active language. Professional (with user), patient and its data key must be loaded.

    `to` a side: for that side's mail, METHOD:REQUEST, or CANCEL when `cancelled`; a later file replaces what
    an earlier one entered. `to=None`: for whoever holds the link to a page, METHOD:PUBLISH, with no address.
    """
    event = _event(booking, link, about_patient=to == "professional")
    event.add("status", "CANCELLED" if cancelled else _STATUS.get(Status(booking.status), "CANCELLED"))
    if to is not None:
        event.add("attendee", _attendee(booking, to))
    calendar = Calendar()
    calendar.add("prodid", "-//Vicita//Vicita//EN")
    calendar.add("version", "2.0")
    calendar.add("method", _method(to, cancelled))
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _method(to: SeatRole | None, cancelled: bool) -> str:
    if to is None:
        return "PUBLISH"
    return "CANCEL" if cancelled else "REQUEST"


def _event(booking: Booking, link: str, *, about_patient: bool) -> Event:
    event = Event()
    event.add("uid", f"{booking.pk}@{urlsplit(settings.PUBLIC_URL).hostname}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    # Every verb adds a line to the history: a later file always has a higher number.
    event.add("sequence", booking.events.count())
    event.add("summary", _summary(booking, about_patient))
    event.add("description", _("Join, see or cancel it on this page:") + f"\n{link}")
    event.add("location", _location(booking))
    event.add("url", link)
    event.add("class", "PRIVATE")
    event.add("organizer", _organizer(booking.professional.name))
    return event


def _summary(booking: Booking, about_patient: bool) -> str:
    if about_patient:
        return _("Appointment %(reference)s") % {"reference": booking.reference}
    return _("Appointment with %(name)s") % {"name": booking.professional.name}


def _location(booking: Booking) -> str:
    if booking.modality == Modality.IN_PERSON:
        return ", ".join(filter(None, [booking.professional.address, booking.professional.city]))
    return str(Modality(booking.modality).label).capitalize()


def _organizer(name: str) -> vCalAddress:
    """The professional by name, under the product's own address."""
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["cn"] = vText(name)
    return organizer


def _attendee(booking: Booking, side: SeatRole) -> vCalAddress:
    """The reader alone, who has nothing to answer."""
    email = booking.patient.email if side == "patient" else booking.professional.user.email
    attendee = vCalAddress(f"mailto:{email}")
    attendee.params["partstat"] = vText("ACCEPTED")
    attendee.params["rsvp"] = vText("FALSE")
    return attendee
