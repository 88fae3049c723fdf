"""The practice writes into its own calendar: its rules are its own to overrule, somebody's time is not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Patient
from bookings import services
from bookings.models import Booking, BookingPolicy
from bookings.services.booking import PatientDetails
from bookings.tests.factories import make_booking, make_professional, make_service, utc
from core.actor import Actor
from core.errors import Conflict, DomainError, Missing, NotAllowed, Refused
from core.outbox import deliver_due
from notifications.models import Message
from payments.models import Payment

pytestmark = pytest.mark.django_db
NOW = utc(2026, 11, 20, 12)  # a Friday, 07:00 in Bogota
MONDAY = utc(2026, 11, 23, 14)  # 09:00
DOCTOR = Actor("professional")
EVA = PatientDetails(name="Eva Ruiz", email="eva@example.org", language="en", timezone="Europe/Madrid")


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def service():
    return make_service(make_professional(minimum_notice_minutes=2880), price=0)


def by_hand(service, start=MONDAY, patient=EVA, **more):
    return services.book_by_hand(
        service=service, starts_at=start, patient=patient, **{"actor": DOCTOR} | more
    )


def refused(service, start, **more) -> list[str]:
    with pytest.raises(Refused) as raised:
        by_hand(service, start, **more)
    assert raised.value.code == "slot_not_available" and raised.value.attr == "start"
    return raised.value.extra["reasons"]


def test_what_is_free_is_confirmed_at_once_without_notice_or_horizon(service):
    soon = by_hand(service, utc(2026, 11, 20, 14))
    far = by_hand(service, utc(2027, 6, 7, 14))
    assert {soon.status, far.status} == {"confirmed"}
    assert soon.channel == "manual" and soon.meeting is not None
    assert (soon.language, soon.timezone) == ("en", "Europe/Madrid")
    assert soon.patient.name == "Eva Ruiz" and far.patient_id == soon.patient_id


def test_a_closed_public_calendar_is_open_to_the_practice(service):
    BookingPolicy.objects.update(allow_public_booking=False, patients_only=True)
    assert by_hand(service).status == "confirmed"


def test_hours_hold_until_they_are_overruled(service):
    night, sunday, odd = utc(2026, 11, 24, 2), utc(2026, 11, 22, 15), MONDAY + timedelta(minutes=7)
    assert refused(service, night) == ["closed"]
    assert refused(service, sunday) == ["closed"]
    assert refused(service, odd) == ["off_grid"]
    for start in (night, sunday, odd):
        assert by_hand(service, start, outside_hours=True).starts_at == start


def test_the_past_and_what_is_taken_are_never_booked(service):
    make_booking(service, start=MONDAY)
    with pytest.raises(Conflict) as taken:
        by_hand(service, MONDAY, outside_hours=True)
    assert taken.value.code == "slot_taken"
    assert taken.value.extra["next_slots"][0] == MONDAY + timedelta(minutes=30)
    assert refused(service, NOW - timedelta(hours=1), outside_hours=True) == ["past"]
    assert Booking.objects.count() == 1


def test_a_price_is_asked_for_by_letter_and_the_time_is_kept_as_long_as_a_request_waits(service):
    service = make_service(service.professional, price=Decimal("25000"))
    booking = by_hand(service)
    assert booking.status == "pending_payment"
    assert booking.hold_ends_at == timezone.now() + timedelta(minutes=1440)
    deliver_due()
    letter = Message.objects.get(kind="booking_to_pay")
    assert letter.recipient == "eva@example.org" and "/b/" in letter.text
    assert "until Saturday" in letter.text


def test_once_paid_it_is_confirmed_without_asking_the_professional(service):
    booking = by_hand(make_service(service.professional, price=25000))
    payment = Payment.objects.get()
    Payment.objects.update(status="paid", paid_at=timezone.now())
    services.payment_settled(payment.pk)
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_paid_at_the_practice_owes_nothing_online(service):
    booking = by_hand(make_service(service.professional, price=25000), pays_at_practice=True)
    assert booking.status == "confirmed" and booking.price == 25000
    assert not Payment.objects.exists()
    cancelled = services.cancel(booking_id=booking.pk, actor=DOCTOR)
    assert cancelled.status == "cancelled"


def test_without_an_e_mail_nothing_can_be_paid_online_and_nobody_is_written_to(service):
    nobody = PatientDetails(name="Don Anselmo", email="", phone="+57 300 123 4567")
    paid = make_service(service.professional, price=25000)
    with pytest.raises(Refused) as raised:
        by_hand(paid, patient=nobody)
    assert raised.value.code == "email_needed" and not Booking.objects.exists()
    by_hand(paid, patient=nobody, pays_at_practice=True)
    deliver_due()
    assert not Message.objects.exclude(kind="booking_confirmed_professional").exists()


def test_a_patient_on_record_is_booked_in_their_own_language(service):
    patient = by_hand(service).patient
    second = by_hand(service, MONDAY + timedelta(hours=1), patient=patient, reason="Second visit")
    assert second.patient_id == patient.pk and Patient.objects.count() == 1
    assert (second.language, second.reason) == ("en", "Second visit")


def test_somebody_elses_patient_is_not_found(service):
    stranger = by_hand(make_service(make_professional(), price=0)).patient
    with pytest.raises(Missing):
        by_hand(service, patient=stranger)


def test_that_the_patient_is_busy_elsewhere_is_not_told(service):
    by_hand(make_service(make_professional(), price=0))
    with pytest.raises(DomainError) as raised:
        by_hand(service)
    assert raised.value.code == "slot_not_available"
    assert not service.bookings.exists()


@pytest.mark.parametrize("kind", ["patient", "system"])
def test_only_the_practice_and_staff_book_by_hand(service, kind):
    with pytest.raises(NotAllowed):
        by_hand(service, actor=Actor(kind))
    assert by_hand(service, actor=Actor("staff")).status == "confirmed"


def test_a_second_meeting_now_is_past_the_limit(service):
    always = make_service(make_professional(always_open=True), price=0, duration_minutes=10)
    by_hand(always, NOW + timedelta(minutes=10), patient=EVA)
    with pytest.raises(Refused) as raised:
        by_hand(always, NOW, patient=PatientDetails(name="Ana Gil", email="ana@example.org"))
    assert raised.value.code == "max_meetings" and Booking.objects.count() == 1


def test_the_most_bookings_a_day_count_what_was_booked_by_hand(service):
    BookingPolicy.objects.update(max_bookings_per_day=1, minimum_notice_minutes=0)
    by_hand(service)
    with pytest.raises(Refused) as raised:
        make_booking(service, start=MONDAY + timedelta(hours=2))
    assert raised.value.extra["reasons"] == ["day_full"]
    assert refused(service, MONDAY + timedelta(hours=2)) == ["day_full"]
    assert by_hand(service, MONDAY + timedelta(hours=2), outside_hours=True).status == "confirmed"
