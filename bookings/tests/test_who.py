"""Which kind of actor may say which verb, and as whom somebody books."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import override

from accounts.services import create_user
from bookings import services
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.services.booking import PatientDetails
from bookings.tests.api import api
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    make_user,
    open_window,
)
from core import outbox
from core.actor import SYSTEM, Actor
from core.errors import NotAllowed, Refused
from meetings.services import end_meeting

pytestmark = pytest.mark.django_db
DOCTOR, STAFF = Actor("professional"), Actor("staff")


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


def running(service) -> Booking:
    booking = open_window(make_confirmed(service))
    services.start(booking_id=booking.pk, actor=DOCTOR)
    return services.start(booking_id=booking.pk, actor=PATIENT)


@pytest.mark.parametrize("verb", ["accept", "reject", "mark_no_show", "finish"])
def test_what_the_practice_says_no_patient_says(service, verb):
    booking = make_booking(service)
    with pytest.raises(NotAllowed) as refused:
        getattr(services, verb)(booking_id=booking.pk, actor=PATIENT)
    assert refused.value.code == "not_yours_to_do"
    assert Booking.objects.get(pk=booking.pk).status == "waiting_for_professional"


def test_a_patient_does_not_finish_even_what_is_over(service):
    booking = services.finish(booking_id=running(service).pk, actor=DOCTOR)
    with pytest.raises(NotAllowed):
        services.finish(booking_id=booking.pk, actor=PATIENT)


def test_nobody_but_people_book_and_move(service):
    details = PatientDetails(name="Juan", email="juan@example.org")
    start = next_free_slots(service=service)[0]
    with pytest.raises(NotAllowed):
        services.book(service=service, starts_at=start, patient=details, actor=SYSTEM)
    booking = make_confirmed(service)
    with pytest.raises(NotAllowed):
        services.reschedule(booking_id=booking.pk, starts_at=start, actor=SYSTEM)


@pytest.mark.parametrize(
    ("reason", "kind"), [("professional", "professional"), ("staff", "staff"), ("limit", "system")]
)
def test_history_says_who_ended_the_meeting(service, reason, kind):
    booking = running(service)
    end_meeting(meeting_id=booking.meeting_id, reason=reason)
    outbox.deliver_due()
    booking = Booking.objects.get(pk=booking.pk)
    assert booking.status == "completed"
    assert booking.events.last().actor_kind == kind


def test_a_patient_with_an_account_books_by_it_everybody_else_as_a_guest():
    patient = make_user()
    assert services.who_books(patient) == {
        "actor": Actor("patient", patient.pk),
        "channel": "account",
        "user": patient,
    }
    for user in (make_user(role="professional"), make_user(role="it_admin"), AnonymousUser()):
        assert services.who_books(user) == {"actor": PATIENT, "channel": "public", "user": None}


@pytest.mark.parametrize(("role", "channel"), [("patient", "account"), ("professional", "public")])
def test_the_public_api_books_for_an_account_as_the_pages_do(service, role, channel):
    user = create_user(email="own@example.org", password=None, role=role)
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=3)
    body = {"service": service.slug, "start": start.isoformat(), "name": "Juan Gil", "email": user.email}
    answer = api(user).post(f"/api/v1/professionals/{service.professional.slug}/bookings", body)
    assert answer.status_code == 201
    booking = Booking.objects.select_related("patient").get()
    assert booking.channel == channel
    assert booking.patient.user == (user if role == "patient" else None)


def test_a_wrong_time_for_a_verb_is_not_called_too_late(service):
    booking = make_booking(service)
    with override("en"), pytest.raises(Refused, match="that is not possible now"):
        services.mark_no_show(booking_id=booking.pk, actor=DOCTOR)
