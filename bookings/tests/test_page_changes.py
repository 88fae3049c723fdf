"""Before anything is moved or cancelled the page says until when it is free and what goes back; and where to pay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import Patient
from bookings import services
from bookings.access import token_of
from bookings.models import Booking
from bookings.services.booking import PatientDetails
from bookings.tests.factories import make_booking, make_professional, make_service
from bookings.tests.test_settlement import settled
from core.actor import Actor

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
DOCTOR = Actor("professional")


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(FRIDAY, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.EMBEDDED = True
    settings.PAYMENT_GATEWAYS = ["sandbox"]


@pytest.fixture
def text_of(client):
    def get(booking):
        page = client.get(f"/b/{token_of(booking)}/", headers={"accept-language": "en"})
        return " ".join(page.content.decode().replace("\xa0", " ").split())

    return get


def paid(**policy) -> Booking:
    """Confirmed for Tuesday, 10:00 in Bogotá."""
    service = make_service(make_professional(auto_accept=True, **policy), price=Decimal("80"), currency="EUR")
    return settled(make_booking(service, start=TUESDAY))


def by_hand(*, pays_at_practice=False, **service) -> Booking:
    offered = make_service(
        make_professional(name="Dra. Ana", answer_minutes=1440), **{"price": 80, "currency": "EUR"} | service
    )
    return services.book_by_hand(
        service=offered,
        starts_at=TUESDAY,
        patient=PatientDetails("Juan Pérez", "juan@example.org"),
        actor=DOCTOR,
        pays_at_practice=pays_at_practice,
    )


def test_in_time_everything_goes_back_and_the_page_says_until_when(text_of):
    text = text_of(paid())
    assert "Moving or cancelling it is free until Mon 23 Nov, 10:00." in text
    assert "You get back €80, the whole price. After Mon 23 Nov, 10:00 nothing would be returned." in text


def test_a_late_share_is_named_before(text_of):
    assert "After Mon 23 Nov, 10:00 it would be 50% of it." in text_of(paid(late_refund_percent=50))


def test_how_long_it_is_until_then_is_said(text_of, now):
    booking = paid()
    now.move_to(TUESDAY - timedelta(hours=30))
    assert "The appointment begins in 1 day, 6 hours." in text_of(booking)


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (0, "less than 24 hours before the appointment, so the payment is not returned"),
        (50, "you get back €40 of €80"),
    ],
)
def test_late_it_says_what_is_lost_and_offers_no_move(text_of, now, percent, words):
    booking = paid(late_refund_percent=percent)
    now.move_to(TUESDAY - timedelta(hours=3))
    text = text_of(booking)
    assert words in text
    assert "is free until" not in text
    assert "Move the appointment</a>" not in text


def test_a_time_the_practice_booked_waits_for_the_payment_until_its_hold_ends(text_of):
    text = text_of(by_hand())
    assert "Dra. Ana has booked this time for you" in text
    assert "The time is kept for you until Sat 21 Nov, 07:00." in text
    assert "Pay €80" in text
    assert "data-countdown" not in text


def test_what_is_paid_at_the_practice_is_not_asked_for_online(text_of):
    text = text_of(by_hand(pays_at_practice=True))
    assert "You pay €80 at the practice." in text
    assert "Nothing has been paid online" in text
    assert "Pay €80" not in text
    assert "Payment</span>" not in text


def test_a_patient_without_an_address_is_shown_the_page_too(text_of):
    booking = by_hand(pays_at_practice=True)
    Patient.objects.update(email_index="")
    assert "You pay" in text_of(booking)
