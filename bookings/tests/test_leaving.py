"""Somebody leaves: what becomes of appointments, money and requests."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Leaving, Patient, Role
from accounts.services import close_account, leaving, set_active
from bookings import services
from bookings.access import token_of
from bookings.models import Booking, BookingEvent, BookingRequest
from bookings.tests.factories import (
    PATIENT,
    make_booking,
    make_confirmed,
    make_professional,
    make_request,
    make_service,
    make_user,
    open_window,
)
from bookings.tests.leaving_stories import all_kinds, booked_by, make_luz, refused, settle_all
from core.actor import Actor
from core.models import OutboxEvent
from payments.models import Payment, Refund
from payments.selectors import payment_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def professional():
    return make_professional(always_open=True)


@pytest.fixture
def luz():
    return make_luz()


def states(bookings):
    return {
        name: (row.status, row.cancelled_by)
        for name, row in ((name, Booking.objects.get(pk=one.pk)) for name, one in bookings.items())
    }


def given_back(booking):
    payment = payment_of("booking", booking.pk)
    return sum(Refund.objects.filter(attempt__payment=payment).values_list("amount", flat=True))


def test_a_patients_appointments_are_cancelled_by_the_terms_they_were_booked_under(professional, luz):
    bookings = all_kinds(professional, luz)
    close_account(user_id=luz.pk)
    settle_all()
    by_patient = ("cancelled", "patient")
    assert states(bookings) == {
        "late": by_patient,
        "past": ("completed", ""),
        "in_time": by_patient,
        "unpaid": by_patient,
        "waiting": by_patient,
    }
    assert {name: given_back(one) for name, one in bookings.items()} == {
        "late": Decimal(50),
        "past": 0,
        "in_time": Decimal(100),
        "unpaid": 0,
        "waiting": Decimal(100),
    }
    assert Payment.objects.get(subject_id=bookings["unpaid"].pk).status == "closed"
    assert set(BookingEvent.objects.filter(verb="cancel").values_list("actor_id", flat=True)) == {luz.pk}
    assert OutboxEvent.objects.filter(topic="AppointmentCancelled").count() == 4


def test_a_professionals_patients_get_everything_back(professional, luz):
    bookings = all_kinds(professional, luz)
    wish = make_request(make_service(professional, price=0))
    close_account(user_id=professional.user_id)
    settle_all()
    by_practice = ("cancelled", "professional")
    assert states(bookings) == {
        "late": by_practice,
        "past": ("completed", ""),
        "in_time": by_practice,
        "unpaid": by_practice,
        "waiting": ("rejected", ""),
    }
    assert [given_back(bookings[name]) for name in ("late", "in_time", "waiting")] == [Decimal(100)] * 3
    wish.refresh_from_db()
    assert wish.status == "rejected"
    assert wish.closing_reason


def test_what_will_happen_is_said_before(professional, luz):
    all_kinds(professional, luz)
    make_request(make_service(professional, price=0), user=luz, email=luz.email)
    to_patient, to_professional = leaving.foretell(luz), leaving.foretell(professional.user)
    assert len(to_patient) == 4
    assert "4" in to_patient[0]
    assert "250" in to_patient[1]
    assert "50" in to_patient[2]
    assert len(to_professional) == 3
    assert "300" in to_professional[1]


def test_it_is_said_with_as_many_queries_for_many(professional, luz, django_assert_max_num_queries):
    service = make_service(professional, price=0)
    for _n in range(6):
        make_booking(**booked_by(luz, service))
    with django_assert_max_num_queries(6):
        leaving.foretell(luz)


def test_a_wish_is_withdrawn_and_nobody_is_written_to(professional, luz):
    wish = make_request(make_service(professional, price=0), user=luz, email=luz.email)
    close_account(user_id=luz.pk)
    settle_all()
    wish.refresh_from_db()
    assert (wish.status, wish.user) == ("withdrawn", None)
    with refused("wrong_state"):
        services.reject_request(request_id=wish.pk, actor=Actor("professional"))


def test_only_whoever_asked_or_staff_withdraw_a_wish(professional):
    wish = make_request(make_service(professional, price=0))
    for kind in ("professional", "system"):
        with refused("not_yours_to_do"):
            services.withdraw_request(request_id=wish.pk, actor=Actor(kind))
    services.withdraw_request(request_id=wish.pk, actor=PATIENT)
    assert BookingRequest.objects.get().answered_at is not None


@pytest.mark.parametrize("side", ["patient", "professional"])
def test_nobody_leaves_in_the_middle_of_a_consultation(professional, luz, side):
    service = make_service(professional, price=0)
    booking = open_window(make_confirmed(**booked_by(luz, service)))
    services.start(booking_id=booking.pk, actor=PATIENT)
    user = luz if side == "patient" else professional.user
    with refused("in_a_meeting"):
        close_account(user_id=user.pk)
    user.refresh_from_db()
    assert user.is_active
    assert not Leaving.objects.exists()


def test_a_consultation_that_begins_just_then_is_waited_for(professional, luz):
    """The professional has left when the patient, who is in the room, starts it."""
    service = make_service(professional, price=0)
    booking = open_window(make_confirmed(**booked_by(luz, service)))
    close_account(user_id=professional.user_id)
    services.start(booking_id=booking.pk, actor=PATIENT)
    assert leaving.carry_on() == 1
    assert Booking.objects.get().status == "in_progress"
    assert Leaving.objects.get().due_at > timezone.now()
    services.finish(booking_id=booking.pk, actor=Actor("system"))  # the clock; only one came
    settle_all()
    assert states({"it": booking}) == {"it": ("cancelled", "professional")}


def test_a_patient_who_leaves_after_the_start_is_left_to_who_came(professional, luz):
    service = make_service(professional, price=0)
    booking = open_window(make_confirmed(**booked_by(luz, service)), starts_in=timedelta(minutes=-5))
    close_account(user_id=luz.pk)
    settle_all()
    assert Booking.objects.get(pk=booking.pk).status == "confirmed"


def test_nothing_can_be_booked_there_any_more(professional):
    service = make_service(professional, price=0)
    close_account(user_id=professional.user_id)
    with refused("not_found"):
        make_booking(service, start=timezone.now() + timedelta(days=1))
    with refused("not_found"):
        services.book_by_hand(
            service=service,
            starts_at=timezone.now() + timedelta(days=1),
            patient=Patient(pk=None),
            actor=Actor("professional"),
        )


@pytest.mark.parametrize("cancels", [True, False])
def test_staff_say_whether_the_appointments_stay(professional, luz, cancels):
    booking = make_confirmed(**booked_by(luz, make_service(professional, price=0)))
    admin = make_user(role=Role.IT_ADMIN)
    set_active(user_id=professional.user_id, active=False, by=admin, cancel_bookings=cancels)
    settle_all()
    assert states({"it": booking}) == {"it": ("cancelled", "staff") if cancels else ("confirmed", "")}
    if cancels:
        assert BookingEvent.objects.get(verb="cancel").actor_id == admin.pk


def test_whoever_is_let_in_again_keeps_the_rest(professional, luz):
    booking = make_confirmed(**booked_by(luz, make_service(professional, price=0)))
    admin = make_user(role=Role.IT_ADMIN)
    set_active(user_id=luz.pk, active=False, by=admin, cancel_bookings=True)
    set_active(user_id=luz.pk, active=True, by=admin)
    assert not Leaving.objects.exists()
    # Even where a sweep has just begun.
    assert services.leaving.settle(luz, admin.pk, 10**12) is False
    assert Booking.objects.get(pk=booking.pk).status == "confirmed"


def test_the_patients_pages_lead_to_no_page_that_is_gone(client, professional, luz):
    bookings = all_kinds(professional, luz)
    close_account(user_id=professional.user_id)
    settle_all()
    client.force_login(luz, backend="accounts.backends.AccountBackend")
    pages = [client.get("/me/"), *(client.get(f"/b/{token_of(one)}/") for one in bookings.values())]
    for page in pages:
        assert page.status_code == 200
        assert professional.name in page.content.decode()
        assert f"/p/{professional.slug}/" not in page.content.decode()


@pytest.mark.parametrize(
    ("action", "status"), [("deactivate", "confirmed"), ("deactivate_and_cancel", "cancelled")]
)
def test_the_admin_offers_both(client, professional, luz, action, status):
    make_confirmed(**booked_by(luz, make_service(professional, price=0)))
    client.force_login(
        make_user(role=Role.IT_ADMIN, is_staff=True), backend="accounts.backends.AccountBackend"
    )
    chosen = {"action": action, "_selected_action": [str(professional.user_id)], "_confirmed": "1"}
    client.post("/admin/accounts/user/", chosen)
    settle_all()
    assert Booking.objects.get().status == status
