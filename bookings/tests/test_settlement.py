"""Money arrives: in time, twice told, late, or for nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import services
from bookings.models import Booking, TimeOff
from bookings.tests.factories import PATIENT, hold_over, make_booking, make_professional, make_service
from core.models import OutboxEvent
from payments.models import Attempt, Payment, Refund
from payments.selectors import payment_of

pytestmark = pytest.mark.django_db


def pay(booking) -> Payment:
    """What a gateway's word for "paid" does, told to nobody yet."""
    payment = payment_of("booking", booking.pk)
    attempt = Attempt.objects.create(
        payment=payment, number=1, reference=f"{payment.reference}-1", gateway="sandbox", status="open"
    )
    Attempt.objects.filter(pk=attempt.pk).update(status="paid", settles=True, paid_at=timezone.now())
    Payment.objects.filter(pk=payment.pk).update(status="paid", paid_at=timezone.now())
    return payment


def settled(booking) -> Booking:
    services.payment_settled(pay(booking).pk)
    return Booking.objects.get(pk=booking.pk)


def test_paid_in_time_the_professional_is_asked():
    booking = settled(make_booking())
    assert booking.status == "waiting_for_professional"
    assert booking.answer_due_at <= booking.ends_at
    assert OutboxEvent.objects.filter(topic="AppointmentRequested").count() == 1


def test_paid_in_time_auto_accept_confirms():
    service = make_service(make_professional(always_open=True, auto_accept=True))
    assert settled(make_booking(service)).status == "confirmed"


def test_told_twice_nothing_more_happens():
    booking = settled(make_booking())
    services.payment_settled(payment_of("booking", booking.pk).pk)
    assert OutboxEvent.objects.filter(topic="AppointmentRequested").count() == 1
    assert [event.verb for event in booking.events.all()] == ["book", "settle"]


def test_money_after_the_hold_revives_a_time_that_is_still_free():
    booking = make_booking(make_service(make_professional(always_open=True), duration_minutes=60))
    hold_over(booking)
    Booking.objects.filter(pk=booking.pk).update(starts_at=booking.starts_at)
    room = booking.meeting.room
    revived = settled(booking)
    assert revived.status == "waiting_for_professional"
    assert revived.meeting.room != room
    assert revived.meeting.state == "waiting"
    assert not Refund.objects.exists()


def test_money_after_somebody_else_took_the_time_goes_back_in_full():
    booking = make_booking()
    hold_over(booking)
    other = make_booking(booking.service, start=booking.starts_at)
    late = settled(booking)
    assert late.status == "expired"
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (25000, "late")
    assert OutboxEvent.objects.filter(topic="LatePaymentRefunded").count() == 1
    services.payment_settled(payment_of("booking", booking.pk).pk)
    assert Refund.objects.count() == 1
    other.refresh_from_db()
    assert other.status == "pending_payment"


def test_money_for_a_cancelled_booking_goes_back():
    booking = make_booking()
    services.cancel(booking_id=booking.pk, actor=PATIENT)
    assert settled(booking).status == "cancelled"
    assert Refund.objects.get().reason == "late"


def test_a_request_that_expired_after_payment_is_not_revived_by_a_late_notice():
    booking = settled(make_booking())
    hold_over(booking)
    services.payment_settled(payment_of("booking", booking.pk).pk)
    assert Booking.objects.get(pk=booking.pk).status == "expired"
    assert Refund.objects.get().reason == "expired"


def test_late_money_for_a_time_already_begun_goes_back():
    booking = make_booking()
    hold_over(booking)
    past = timezone.now() - timedelta(minutes=1)
    shift = past - booking.starts_at
    Booking.objects.filter(pk=booking.pk).update(
        starts_at=past,
        blocked_from=past,
        ends_at=booking.ends_at + shift,
        blocked_until=booking.blocked_until + shift,
    )
    assert settled(booking).status == "expired"
    assert Refund.objects.get().reason == "late"


def test_late_money_for_a_time_closed_meanwhile_goes_back():
    booking = make_booking()
    hold_over(booking)
    TimeOff.objects.create(
        professional=booking.professional, starts_at=booking.starts_at, ends_at=booking.ends_at
    )
    assert settled(booking).status == "expired"
    assert Refund.objects.get().reason == "late"
