"""A practice cancels a booking, and reads before what that means for the patient."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import services
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.services import book_by_hand
from bookings.services.booking import PatientDetails
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_confirmed,
    make_professional,
    make_service,
    open_window,
)
from bookings.tests.test_settlement import settled
from core.actor import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def professional():
    return make_professional(always_open=True)


@pytest.fixture
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def address(booking):
    return f"/doctor/consultations/{booking.pk}/cancel"


def text_of(client, booking):
    return client.get(address(booking)).content.decode()


def by_hand(professional, **terms) -> Booking:
    service = make_service(professional, price=25000)
    return book_by_hand(
        service=service,
        starts_at=next_free_slots(service=service, count=1)[0],
        patient=PatientDetails(name="Luz Marín", email="", phone="+57 300 123 4567"),
        actor=Actor("professional"),
        **terms,
    )


def test_what_was_paid_goes_back_whole(doctor, professional):
    booking = settled(make_booking(make_service(professional, price=25000)))
    assert "25,000, the whole price" in text_of(doctor, booking)


def test_where_nothing_was_paid_nothing_goes_back(doctor, professional):
    unpaid = make_booking(make_service(professional, price=25000))
    assert "Nothing has been paid" in text_of(doctor, unpaid)
    free = make_booking(make_service(professional, price=0))
    assert "free of charge" in text_of(doctor, free)


def test_what_was_paid_at_the_practice_is_the_practices_to_give_back(doctor, professional):
    assert "you give back yourself" in text_of(doctor, by_hand(professional, pays_at_practice=True))


def test_a_patient_without_e_mail_must_be_called(doctor, professional):
    text = text_of(doctor, by_hand(professional, pays_at_practice=True))
    assert "Please call: +57 300 123 4567." in text


def test_cancelling_keeps_the_reason_and_leads_back(doctor, professional):
    booking = make_confirmed(make_service(professional, price=0))
    response = doctor.post(address(booking), {"reason": "Enferma"})
    assert response["Location"] == f"/doctor/consultations/{booking.pk}/"
    booking.refresh_from_db()
    assert (booking.status, booking.cancelled_by) == ("cancelled", "professional")
    assert booking.closing_reason == "Enferma"


def test_to_the_page_one_came_from(doctor, professional):
    booking = make_confirmed(make_service(professional, price=0))
    agenda = "/doctor/agenda/?week=2026-W48"
    assert agenda in doctor.get(address(booking), {"next": agenda}).content.decode()
    assert doctor.post(address(booking), {"reason": "", "next": agenda})["Location"] == agenda


def test_a_reason_that_is_too_long_stays_in_the_form(doctor, professional):
    booking = make_confirmed(make_service(professional, price=0))
    response = doctor.post(address(booking), {"reason": "x" * 301})
    assert response.status_code == 400
    assert "x" * 301 in response.content.decode()
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_what_is_over_or_off_already_is_not_cancelled(doctor, professional):
    booking = make_booking(make_service(professional, price=0))
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    for answer in (doctor.get(address(booking)), doctor.post(address(booking), {"reason": ""})):
        assert answer["Location"] == f"/doctor/consultations/{booking.pk}/"
    booking.refresh_from_db()
    assert booking.cancelled_by == "patient"


def test_the_practice_cancels_what_has_begun(doctor, professional):
    visit = make_confirmed(make_service(professional, price=0, modality="in_person"))
    open_window(visit, starts_in=-timedelta(minutes=5))
    doctor.post(address(visit), {"reason": ""})
    visit.refresh_from_db()
    assert visit.status == "cancelled"
