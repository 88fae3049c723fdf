"""Cancelling, and what goes back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from bookings import services
from bookings.models import Booking, BookingPolicy
from bookings.selectors import next_free_slots
from bookings.tests.factories import PATIENT, make_booking, make_professional, make_service, open_window
from bookings.tests.test_settlement import settled
from core.actor import Actor
from core.errors import Refused
from core.models import OutboxEvent
from meetings.models import Meeting
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


def test_new_rules_do_not_change_what_was_agreed():
    booking = paid(starts_in=timedelta(hours=2), late_refund_percent=50, cancellation_hours=24)
    BookingPolicy.objects.update(late_refund_percent=0, cancellation_hours=72)
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert Refund.objects.get().amount == Decimal("50.00")


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


def test_moving_is_no_way_around_the_rules_of_cancelling():
    booking = paid(starts_in=timedelta(hours=2))
    later = next_free_slots(service=booking.service, count=20)[-1]
    with pytest.raises(Refused) as refusal:
        services.reschedule(booking_id=booking.pk, starts_at=later, actor=PATIENT)
    assert refusal.value.code == "too_late_to_move"


def test_once_begun_a_patient_cannot_cancel_for_who_comes_decides():
    booking = paid(starts_in=timedelta(minutes=-15))
    with pytest.raises(Refused) as refusal:
        services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert refusal.value.code == "already_begun"


def test_every_end_closes_the_room():
    booking = paid(starts_in=timedelta(hours=48))
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert Meeting.objects.get(pk=booking.meeting_id).state == "void"


def test_what_people_write_is_sealed_and_in_no_event():
    booking = paid(starts_in=timedelta(hours=48))
    services.cancel(booking_id=booking.pk, actor=PATIENT, reason="my test came back")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM bookings_booking WHERE closing_reason LIKE '%%test came%%'::bytea"
        )
        assert cursor.fetchone() == (0,)
    assert not OutboxEvent.objects.filter(payload__icontains="came back").exists()
    kept = Booking.objects.select_related("patient__data_key").get(pk=booking.pk)
    assert kept.closing_reason == "my test came back"
