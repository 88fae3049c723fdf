"""A corrected e-mail ends the private links that went to the wrong one, and the right one is sent its own."""

from __future__ import annotations

import pytest

from bookings import services
from bookings.access import booking_by_token, token_of
from bookings.models import Booking
from bookings.services.booking import PatientDetails
from bookings.tests.factories import make_confirmed, make_professional, make_service, utc
from core.actor import Actor
from core.errors import Missing
from core.outbox import deliver_due
from notifications.models import Message

pytestmark = pytest.mark.django_db
NOW = utc(2026, 11, 20, 12)
MONDAY = utc(2026, 11, 23, 14)
DOCTOR = Actor("professional")


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def booking():
    return make_confirmed(make_service(make_professional(), price=0), start=MONDAY, email="wrong@example.org")


def test_the_old_link_leads_nowhere_and_the_new_address_gets_its_own(booking):
    old = token_of(booking)
    assert booking_by_token(old).pk == booking.pk
    services.change_patient(patient_id=booking.patient_id, actor=DOCTOR, email="right@example.org")
    with pytest.raises(Missing):
        booking_by_token(old)
    deliver_due()
    letter = Message.objects.get(kind="booking_new_link")
    booking.refresh_from_db()
    assert letter.recipient == "right@example.org" and token_of(booking) in letter.text
    assert booking_by_token(token_of(booking)).pk == booking.pk


def test_what_is_not_the_e_mail_leaves_the_link_as_it_is(booking):
    token = token_of(booking)
    services.change_patient(patient_id=booking.patient_id, actor=DOCTOR, phone="+57 300 123 4567", notes="x")
    assert booking_by_token(token).pk == booking.pk


def test_a_merge_of_two_addresses_ends_the_links_of_the_one_given_up(booking):
    other = services.book_by_hand(
        service=booking.service,
        starts_at=utc(2026, 11, 24, 14),
        patient=PatientDetails(name="Luz M", email="luz@example.org"),
        actor=DOCTOR,
    )
    kept, given_up = token_of(booking), token_of(other)
    services.merge_patients(keep_id=booking.patient_id, other_id=other.patient_id, actor=DOCTOR)
    assert booking_by_token(kept).pk == booking.pk
    with pytest.raises(Missing):
        booking_by_token(given_up)


@pytest.mark.parametrize("forged", [".1", ".x", ".-1", ".99999999999"])
def test_a_version_is_part_of_what_is_signed(booking, forged):
    Booking.objects.update(link_version=1)
    pk, _tilde, signature = token_of(booking).partition("~")
    with pytest.raises(Missing):
        booking_by_token(f"{pk}{forged}~{signature}")
