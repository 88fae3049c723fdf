"""Who is told what when a booking moves, by mail and in the app, and only once."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from icalendar import Calendar

from bookings import services
from bookings.selectors import next_free_slots
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    make_user,
)
from bookings.tests.test_settlement import settled
from core import outbox
from core.actor import Actor
from core.models import OutboxDelivery
from notifications.models import Message, Notification

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")


def letters() -> dict[str, Message]:
    """What was queued since the last call, by kind."""
    outbox.deliver_due()
    assert not OutboxDelivery.objects.exclude(error="").exists()
    found = {message.kind: message for message in Message.objects.select_related("data_key")}
    Message.objects.all().delete()
    return found


def free_service(**policy):
    return make_service(make_professional(always_open=True, **policy), price=0)


def test_a_request_is_acknowledged_and_put_before_the_professional():
    booking = make_booking(free_service(), email="juan@example.org")
    told = letters()
    assert told["booking_waiting"].recipient == "juan@example.org"
    assert told["booking_request"].recipient == booking.professional.user.email
    assert len(told) == 2
    assert Notification.objects.get().kind == "BOOKING_REQUEST"


def test_an_unpaid_hold_is_announced_to_nobody():
    make_booking()
    assert letters() == {}


def test_a_paid_request_says_so():
    settled(make_booking(make_service(make_professional(always_open=True))))
    assert set(letters()) == {"booking_waiting", "booking_request"}
    payload = Notification.objects.get(kind="BOOKING_REQUEST").payload
    assert payload["payment_id"] and payload["amount"] and payload["currency"] == "COP"


def test_acceptance_brings_the_calendar_file_and_tells_the_account():
    user = make_user(email="ana@example.org")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    booking = make_booking(free_service(), email=user.email, user=user)
    letters()
    services.accept(booking_id=booking.pk, actor=DOCTOR)
    told = letters()
    assert set(told) == {"booking_confirmed"}
    calendar = Calendar.from_ical(told["booking_confirmed"].calendar)
    assert calendar["METHOD"] == "REQUEST"
    notification = Notification.objects.get(user=user)
    assert notification.kind == "BOOKING_CONFIRMED"
    assert notification.payload["room"] == booking.meeting.room


def test_automatic_acceptance_tells_both():
    make_booking(free_service(auto_accept=True))
    assert set(letters()) == {"booking_confirmed", "booking_confirmed_professional"}


def test_a_professional_who_wants_no_mail_gets_none():
    make_booking(free_service(email_notifications=False))
    assert set(letters()) == {"booking_waiting"}


@pytest.mark.parametrize(
    ("actor", "kinds"),
    [
        (PATIENT, {"booking_cancelled", "booking_cancelled_professional"}),
        (Actor("staff"), {"booking_cancelled", "booking_cancelled_professional"}),
        (DOCTOR, {"booking_cancelled"}),
    ],
)
def test_cancelling_tells_who_does_not_know_and_clears_calendars(actor, kinds):
    booking = make_confirmed()
    letters()
    services.cancel(booking_id=booking.pk, actor=actor)
    told = letters()
    assert set(told) == kinds
    assert all(Calendar.from_ical(letter.calendar)["METHOD"] == "CANCEL" for letter in told.values())


def test_a_moved_booking_moves_in_both_calendars():
    booking = make_confirmed()
    letters()
    to = next_free_slots(service=booking.service, count=5)[-1]
    services.reschedule(booking_id=booking.pk, starts_at=to, actor=PATIENT)
    told = letters()
    assert set(told) == {"booking_rescheduled", "booking_rescheduled_professional"}
    for letter in told.values():
        [event] = Calendar.from_ical(letter.calendar).walk("VEVENT")
        assert event.start == to and event["STATUS"] == "TENTATIVE"


def test_a_rejection_passes_the_reason_on():
    booking = make_booking(free_service())
    letters()
    services.reject(booking_id=booking.pk, actor=DOCTOR, reason="Congreso")
    assert "Congreso" in letters()["booking_rejected"].text


def test_each_reader_reads_their_own_language_and_zone():
    professional = make_professional(always_open=True, zone="Europe/Madrid")
    professional.user.language = "en"
    professional.user.save()
    booking = make_booking(
        make_service(professional, price=0), language="es", timezone="America/Bogota", name="Ana"
    )
    told = letters()
    assert "Hola, Ana:" in told["booking_waiting"].text and "Bogotá" in told["booking_waiting"].text
    assert "Please accept" in told["booking_request"].text and "Madrid" in told["booking_request"].text
    assert booking.reference in told["booking_request"].text


def test_the_same_event_again_writes_nothing_new():
    make_booking(free_service())
    outbox.deliver_due()
    OutboxDelivery.objects.update(done_at=None)
    outbox.deliver_due()
    assert Message.objects.count() == 2 and Notification.objects.count() == 1


def test_letters_are_sealed_under_the_patients_key():
    booking = make_booking(free_service())
    told = letters()
    assert {letter.data_key_id for letter in told.values()} == {booking.patient.data_key_id}
