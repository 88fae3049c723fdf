"""A booking in somebody's calendar: the right time, replaced and removed by later files, and discreet."""

from datetime import UTC, datetime

import pytest
from django.utils import translation
from icalendar import Calendar

from bookings.calendar_file import calendar_file
from bookings.models import BookingEvent
from bookings.tests.test_letters import booking
from core.models import DataKey

pytestmark = pytest.mark.django_db
LINK = "https://vicita.example/b/token/"


def read(text):
    calendar = Calendar.from_ical(text)
    [event] = calendar.walk("VEVENT")
    return calendar, event


def test_an_invitation_names_the_time_and_the_private_page():
    about = booking()
    with translation.override("en"):
        calendar, event = read(calendar_file(about, link=LINK))
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == f"{about.pk}@localhost"
    assert event.start == datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
    assert event.end == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert event["STATUS"] == "CONFIRMED"
    assert LINK in event["DESCRIPTION"] and event["URL"] == LINK
    assert event["SUMMARY"] == "Appointment with Dra. Laura O'Hara"


def stored():
    about = booking(meeting_limit_minutes=18)
    about.blocked_from, about.blocked_until = about.starts_at, about.ends_at
    about.patient.data_key = DataKey.create()
    about.professional.user.save()
    for row in (about.professional, about.patient, about.service, about):
        row.save()
    return about


def record(about, verb, status):
    BookingEvent.objects.create(booking=about, verb=verb, to_status=status, actor_kind="patient")


def test_a_later_file_replaces_an_earlier_one():
    about = stored()
    record(about, "book", "confirmed")
    _calendar, first = read(calendar_file(about, link=LINK))
    record(about, "cancel", "cancelled")
    calendar, last = read(calendar_file(about, link=LINK, cancelled=True))
    assert calendar["METHOD"] == "CANCEL" and last["STATUS"] == "CANCELLED"
    assert last["UID"] == first["UID"] and last["SEQUENCE"] > first["SEQUENCE"]


def test_it_tells_no_more_than_it_must():
    mine = calendar_file(booking(), link=LINK)
    assert "ansiedad" not in mine and "doctor@example.com" not in mine
    assert "mailto:ana@example.com" in mine and "CLASS:PRIVATE" in mine


def test_the_professionals_calendar_learns_no_name():
    theirs = calendar_file(booking(), link=LINK, to="professional")
    assert "Ana" not in theirs and "ana@example.com" not in theirs
    assert "VC-1234" in theirs and "mailto:doctor@example.com" in theirs


def test_a_download_carries_no_address_of_anybody():
    calendar, event = read(calendar_file(booking(), link=LINK, to=None))
    assert calendar["METHOD"] == "PUBLISH" and "ATTENDEE" not in event


def test_an_unanswered_request_is_tentative():
    assert "STATUS:TENTATIVE" in calendar_file(booking(status="waiting_for_professional"), link=LINK)


def test_where_it_is():
    assert read(calendar_file(booking(modality="in_person"), link=LINK))[1]["LOCATION"] == "Calle 1, Bogotá"


def test_hostile_names_add_no_lines():
    about = booking()
    about.professional.name = "Eve\r\nATTENDEE:mailto:eve@example.com"
    text = calendar_file(about, link=LINK, to=None)
    assert not any(line.startswith("ATTENDEE") for line in text.splitlines())
