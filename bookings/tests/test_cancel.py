"""Cancelling, and what goes back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings import services
from bookings.models import Booking
from bookings.tests.factories import PATIENT, make_booking, make_professional, make_service, open_window
from bookings.tests.test_settlement import settled
from core.actor import Actor
from core.errors import Refused
from core.models import OutboxEvent
from payments.models import Refund
from payments.selectors import payment_of

pytestmark = pytest.mark.django_db


def paid(*, starts_in: timedelta, **policy) -> Booking:
    service = make_service(
        make_professional(always_open=True, auto_accept=True, **policy), price=Decimal("99.99")
    )
    return open_window(settled(make_booking(service)), starts_in=starts_in)


def test_the_patient_in_time_gets_everything_back():
    booking = paid(starts_in=timedelta(hours=24, minutes=5))
    cancelled = services.cancel(booking_id=booking.pk, actor=PATIENT, reason="Ya estoy bien")
    assert (cancelled.status, cancelled.cancelled_by, cancelled.notice_hours) == ("cancelled", "patient", 24)
    assert Refund.objects.get().amount == Decimal("99.99")
    facts = OutboxEvent.objects.get(topic="AppointmentCancelled").payload
    assert (facts["cancelled_by"], facts["cancellation_notice"]) == ("patient", 24)


def test_the_patient_late_gets_the_share_of_the_policy():
    booking = paid(starts_in=timedelta(hours=2), late_refund_percent=50)
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert Refund.objects.get().amount == Decimal("50.00")


def test_the_patient_late_without_a_share_gets_nothing():
    booking = paid(starts_in=timedelta(hours=2))
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert not Refund.objects.exists()


@pytest.mark.parametrize("who", ["professional", "staff"])
def test_when_the_practice_cancels_everything_goes_back(who):
    booking = paid(starts_in=timedelta(minutes=30))
    services.cancel(booking_id=booking.pk, actor=Actor(who))
    assert Refund.objects.get().amount == Decimal("99.99")


def test_an_unpaid_hold_closes_its_payment():
    booking = make_booking()
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert payment_of("booking", booking.pk).status == "closed"


def test_what_is_over_cannot_be_cancelled():
    booking = make_booking()
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    before = list(booking.events.values_list("verb", flat=True))
    with pytest.raises(Refused) as refusal:
        services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert refusal.value.code == "wrong_state"
    assert list(booking.events.values_list("verb", flat=True)) == before
