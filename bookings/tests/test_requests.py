"""A wish for a time: who may ask for it, how often, for when; and what becomes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress

from accounts.models import Patient
from bookings import services
from bookings.models import Booking, BookingRequest
from bookings.selectors import next_free_slots
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_professional,
    make_request,
    make_service,
    make_user,
)
from core.actor import SYSTEM, Actor
from core.errors import Conflict, Missing, NotAllowed, Refused
from core.models import OutboxEvent

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")
# Saturday, an hour before midnight in Bogotá; in Madrid Sunday has begun.
LATE = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), price=0)


def free(service, n=0):
    return next_free_slots(service=service, count=n + 1)[n]


def accept(wish, **how):
    given = {"service": wish.service, "starts_at": free(wish.service), "actor": DOCTOR} | how
    return services.accept_request(request_id=wish.pk, **given)


def reject(wish, **how):
    return services.reject_request(request_id=wish.pk, **{"actor": DOCTOR} | how)


def test_a_wish_keeps_who_asks_and_when_they_can(service):
    tomorrow = date.today() + timedelta(days=2)
    wish = make_request(
        service,
        name="Luz  Marín",
        email="luz@example.org",
        phone="+57 300 123 4567",
        message="Insomnia",
        preferred_from=tomorrow,
        part_of_day="morning",
    )
    kept = BookingRequest.objects.select_related("data_key").get()
    assert (kept.name, kept.email, kept.phone) == ("Luz Marín", "luz@example.org", "+57 300 123 4567")
    assert (kept.message, kept.status, kept.part_of_day) == ("Insomnia", "pending", "morning")
    assert kept.preferred_from == tomorrow and kept.preferred_until is None
    assert kept.pk == wish.pk


def test_it_takes_nobodys_time(service):
    before = next_free_slots(service=service, count=3)
    make_request(service)
    assert next_free_slots(service=service, count=3) == before
    assert not Booking.objects.exists()


def test_its_words_are_sealed_under_a_key_of_its_own(service):
    wish = make_request(service, message="Insomnia")
    wish.data_key.delete()
    assert BookingRequest.objects.select_related("data_key").get().message == ""


@pytest.mark.parametrize(
    ("days", "code", "attr"),
    [
        ({"preferred_from": date(2026, 11, 20)}, "date_past", "preferred_from"),
        ({"preferred_until": date(2026, 11, 20)}, "date_past", "preferred_until"),
        ({"preferred_until": date(2027, 11, 22)}, "date_too_far", "preferred_until"),
        (
            {"preferred_from": date(2026, 11, 25), "preferred_until": date(2026, 11, 24)},
            "dates_order",
            "preferred_until",
        ),
    ],
)
def test_days_that_make_no_sense_are_refused(days, code, attr):
    with time_machine.travel(LATE, tick=False), pytest.raises(Refused) as refusal:
        make_request(**days)
    assert (refusal.value.code, refusal.value.attr) == (code, attr)
    assert not BookingRequest.objects.exists()


@time_machine.travel(LATE, tick=False)
def test_today_is_the_patients_own():
    saturday = date(2026, 11, 21)
    make_request(preferred_until=saturday)
    make_request(preferred_until=saturday, timezone="America/Bogota")
    with pytest.raises(Refused):
        make_request(preferred_until=saturday, timezone="Europe/Madrid")


@time_machine.travel(LATE, tick=False)
@pytest.mark.parametrize(
    ("until", "expires"),
    [
        (None, LATE + timedelta(days=14)),
        (date(2026, 11, 30), LATE + timedelta(days=14)),
        (date(2026, 12, 24), datetime(2026, 12, 25, 5, 0, tzinfo=UTC)),
        (date(2027, 10, 1), LATE + timedelta(days=90)),
    ],
)
def test_it_waits_two_weeks_or_until_its_days_are_over_but_no_season(until, expires):
    assert make_request(preferred_until=until).expires_at == expires


def test_three_wait_for_an_answer_and_no_fourth(service):
    for _n in range(3):
        make_request(service, email="luz@example.org")
    with pytest.raises(Refused) as refusal:
        make_request(service, email=" LUZ@example.org")
    assert refusal.value.code == "too_many_requests"
    make_request(service)
    make_request(make_service(make_professional(), price=0), email="luz@example.org")
    reject(BookingRequest.objects.order_by("created_at").first())
    make_request(service, email="luz@example.org")


def test_a_practice_closed_to_the_public_takes_none():
    with pytest.raises(NotAllowed) as refusal:
        make_request(make_service(make_professional(allow_public_booking=False)))
    assert refusal.value.code == "booking_closed"


def test_where_only_patients_book_only_they_ask():
    professional = make_professional(always_open=True)
    service = make_service(professional, price=0)
    known, stranger = make_user(), make_user()
    EmailAddress.objects.create(user=known, email=known.email, verified=True, primary=True)
    make_booking(service, email=known.email, user=known)
    professional.policy.patients_only = True
    professional.policy.save()
    for nobody in (None, stranger):
        with pytest.raises(NotAllowed) as refusal:
            make_request(service, user=nobody)
        assert refusal.value.code == "patients_only"
    assert make_request(service, user=known).user == known


def test_a_service_that_is_gone_cannot_be_asked_for(service):
    service.is_active = False
    service.save()
    with pytest.raises(Missing):
        make_request(service)


def test_words_that_are_too_long_are_not_cut_short(service):
    with pytest.raises(Refused) as refusal:
        make_request(service, message="x" * 2001)
    assert (refusal.value.code, refusal.value.attr) == ("reason_too_long", "message")


def test_accepting_books_in_the_name_language_zone_and_account_of_whoever_asked(service):
    user = make_user()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    wish = make_request(
        service,
        user=user,
        name="Luz Marín",
        email=user.email,
        phone="+57 300 123 4567",
        message="Insomnia",
        language="en",
        timezone="Europe/Madrid",
    )
    booking = accept(wish)
    wish.refresh_from_db()
    assert (wish.status, wish.booking_id) == ("accepted", booking.pk) and wish.answered_at
    assert (booking.status, booking.channel) == ("confirmed", "manual")
    assert (booking.reason, booking.language, booking.timezone) == ("Insomnia", "en", "Europe/Madrid")
    patient = Patient.objects.select_related("data_key").get()
    assert (patient.name, patient.email, patient.phone) == ("Luz Marín", user.email, "+57 300 123 4567")
    assert patient.user == user


def test_what_is_owed_is_paid_by_a_link_or_at_the_practice(service):
    paid = make_service(service.professional, price=25000)
    assert accept(make_request(paid)).status == "pending_payment"
    assert accept(make_request(paid), starts_at=free(paid, 9), pays_at_practice=True).status == "confirmed"


def test_another_service_of_the_practice_may_suit_better(service):
    longer = make_service(service.professional, price=0, duration_minutes=60)
    assert accept(make_request(service), service=longer).service == longer
    with pytest.raises(Missing):
        accept(make_request(service), service=make_service(make_professional(always_open=True), price=0))


def test_a_time_that_is_taken_leaves_the_wish_waiting(service):
    start = make_booking(service).starts_at
    wish = make_request(service)
    with pytest.raises(Conflict) as conflict:
        accept(wish, starts_at=start)
    assert conflict.value.code == "slot_taken" and conflict.value.extra["next_slots"]
    wish.refresh_from_db()
    assert wish.status == "pending"
    assert accept(wish).status == "confirmed"


def test_rejecting_keeps_the_reason_and_is_final(service):
    wish = reject(make_request(service), reason=" Out of my field ")
    assert (wish.status, wish.closing_reason) == ("rejected", "Out of my field")
    for answer in (accept, reject):
        with pytest.raises(Refused) as refusal:
            answer(wish)
        assert (refusal.value.code, refusal.value.extra) == ("wrong_state", {"status": "rejected"})


def test_staff_answer_too_and_nobody_else(service):
    wish = make_request(service)
    for stranger in (PATIENT, SYSTEM):
        for answer in (accept, reject):
            with pytest.raises(NotAllowed):
                answer(wish, actor=stranger)
    assert reject(wish, actor=Actor("staff")).status == "rejected"


@pytest.mark.parametrize("actor", [DOCTOR, Actor("staff"), SYSTEM])
def test_only_patients_ask(service, actor):
    with pytest.raises(NotAllowed):
        services.request_booking(
            service=service, patient=services.booking.PatientDetails("Ana", "a@example.org"), actor=actor
        )


def test_what_happened_is_told_by_ids_alone(service):
    made = make_request(service, name="Luz Marín", email="luz@example.org", message="Insomnia")
    accept(made)
    reject(make_request(service), reason="Insomnia")
    events = list(OutboxEvent.objects.filter(topic__startswith="Request").order_by("created_at"))
    assert [event.topic for event in events] == [
        "RequestMade",
        "RequestAccepted",
        "RequestMade",
        "RequestRejected",
    ]
    made.refresh_from_db()
    ids = {"request_id": made.pk, "professional_id": made.professional_id, "service_id": service.pk}
    assert events[0].payload == {name: str(value) for name, value in ids.items()}
    assert events[1].payload == events[0].payload | {"booking_id": str(made.booking_id)}
    assert not any(secret in str(event.payload) for event in events for secret in ("Luz", "luz@", "Insomnia"))
