"""Telling a user something in the app: once, in their language, live."""

import pytest
from django.utils import translation

from accounts.models import User
from notifications.models import Notification
from notifications.services import notify
from notifications.wording import words_of

pytestmark = pytest.mark.django_db

REQUEST = {"booking_id": "b", "patient_id": "p", "payment_id": "m", "amount": "40.00", "currency": "USD"}

REMINDER = {
    "professional_name": "Dr. Gil",
    "starts_at": "2026-11-24T01:30:00+00:00",
    "timezone": "America/Bogota",
}


@pytest.fixture
def doctor():
    return User.objects.create_user("doctor@example.com", language="en", role="professional")


def test_the_same_event_tells_once(doctor):
    assert notify(user=doctor, kind="BOOKING_REQUEST", dedupe_key="e", payload=REQUEST) is not None
    assert notify(user=doctor, kind="BOOKING_REQUEST", dedupe_key="e", payload=REQUEST) is None
    assert Notification.objects.get().payload == REQUEST


def test_open_pages_hear_of_it_after_the_commit(doctor, monkeypatch, django_capture_on_commit_callbacks):
    heard = []
    monkeypatch.setattr("live.push.send", lambda *call: heard.append(call))
    with django_capture_on_commit_callbacks(execute=True):
        notification = notify(user=doctor, kind="BOOKING_REQUEST", dedupe_key="e", payload=REQUEST)
        assert heard == []
    [(person, event, told)] = heard
    assert (person, event) == (f"user:{doctor.pk}", "notification")
    assert notification is not None and told["id"] == str(notification.pk)
    assert told["title"] == "New paid appointment request"
    assert "$40" in told["message"]


@pytest.mark.parametrize(
    ("kind", "payload", "title", "part"),
    [
        ("BOOKING_REQUEST", REQUEST, "New paid appointment request", "$40"),
        ("BOOKING_REQUEST", REQUEST | {"payment_id": None}, "New appointment request", "waiting"),
        ("BOOKING_REQUEST", {"payment_id": "m"}, "New paid appointment request", "paid"),
        ("BOOKING_CONFIRMED", {"professional_name": "Dr. Gil"}, "Appointment confirmed", "Dr. Gil"),
        ("BOOKING_CONFIRMED", {"can_join_now": True}, "Appointment confirmed", "join now"),
        ("BOOKING_REMINDER", REMINDER, "Your appointment is coming", "Monday, November 23, 2026, 20:30"),
        ("BOOKING_REMINDER", {"professional_name": "Dr. Gil"}, "Your appointment is coming", "Dr. Gil"),
        ("SOMETHING_NEW", {}, "You have a new notification", ""),
    ],
)
def test_words_of_each_kind(kind, payload, title, part, settings):
    with translation.override("en"):
        words = words_of(kind, payload)
    assert words.title == title
    assert part in words.message
