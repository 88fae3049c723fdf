"""What a member pays: the plan's price, as often as it says, and nobody else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings import services
from bookings.models import Membership, PlanService
from bookings.selectors import next_free_slots
from bookings.selectors.memberships import member_terms, terms_by_service
from bookings.services.booking import PatientDetails
from bookings.tests.factories import make_professional, make_service
from bookings.tests.members import DOCTOR, booked, bought, make_member, make_plan
from payments.models import Payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True))


def free_at(service, number):
    return next_free_slots(service=service, count=number + 1)[number]


def test_an_included_service_costs_a_member_nothing_and_needs_no_payment(service):
    luz = make_member()
    membership = bought(luz, make_plan(service))
    booking = booked(luz, service)
    assert (booking.price, booking.membership, booking.status) == (0, membership, "waiting_for_professional")
    assert not Payment.objects.filter(subject_type="booking").exists()


def test_a_cheaper_one_is_paid_at_the_price_of_members(service):
    luz = make_member()
    bought(luz, make_plan(service, member_price=Decimal("10000")))
    booking = booked(luz, service)
    assert (booking.price, booking.status) == (10000, "pending_payment")
    assert Payment.objects.get(subject_id=booking.pk).amount == 10000


def test_a_guest_who_types_a_members_name_and_email_pays_like_everybody(service):
    luz = make_member()
    bought(luz, make_plan(service))
    booking = booked(None, service, email=luz.email)
    assert (booking.price, booking.membership) == (service.price, None)


def test_what_the_practice_books_for_a_member_costs_what_members_pay(service):
    luz = make_member()
    membership = bought(luz, make_plan(service))
    booking = services.book_by_hand(
        service=service,
        starts_at=free_at(service, 0),
        patient=luz.patients.get(),
        actor=DOCTOR,
        pays_at_practice=True,
    )
    assert (booking.price, booking.membership, booking.status) == (0, membership, "confirmed")
    assert not booking.pays_at_practice
    other = PatientDetails(name="Otra", email="otra@example.org")
    dear = services.book_by_hand(
        service=service, starts_at=free_at(service, 3), patient=other, actor=DOCTOR, pays_at_practice=True
    )
    assert (dear.price, dear.membership, dear.pays_at_practice) == (service.price, None, True)


def test_only_inside_its_period(service):
    luz = make_member()
    membership = bought(luz, make_plan(service))
    for moment, covered in (
        (membership.starts_at, True),
        (membership.ends_at - timedelta(seconds=1), True),
        (membership.ends_at, False),
        (membership.starts_at - timedelta(seconds=1), False),
    ):
        assert bool(member_terms(user=luz, service=service, starts_at=moment)) is covered


def test_after_so_many_times_it_costs_what_it_costs_and_a_cancelled_one_counts_for_nothing(service):
    luz = make_member()
    bought(luz, make_plan(service, times=2))
    first, second, third = (booked(luz, service) for _n in range(3))
    assert [first.price, second.price, third.price] == [0, 0, service.price]
    services.cancel(booking_id=first.pk, actor=DOCTOR)
    assert booked(luz, service).price == 0
    assert booked(luz, service).price == service.price


def test_the_cheapest_terms_win_and_the_limited_ones_are_kept(service):
    luz = make_member()
    dear = bought(luz, make_plan(service, member_price=Decimal("10000")))
    limited = bought(luz, make_plan(service, times=1))
    unlimited = bought(luz, make_plan(service))
    now = timezone.now()
    assert member_terms(user=luz, service=service, starts_at=now).membership == unlimited
    Membership.objects.filter(pk=unlimited.pk).update(cancelled_at=now)
    terms = member_terms(user=luz, service=service, starts_at=now)
    assert (terms.membership, terms.left) == (limited, 1)
    booked(luz, service)
    assert member_terms(user=luz, service=service, starts_at=now).membership == dear


def test_no_terms_in_another_currency_nor_where_everybody_pays_as_little(service):
    luz = make_member()
    plan = make_plan(service, member_price=Decimal("10000"), times=1)
    bought(luz, plan)
    now = timezone.now()
    service.price = Decimal("10000")
    assert member_terms(user=luz, service=service, starts_at=now) is None
    service.price, service.currency = Decimal("20000"), "USD"
    assert member_terms(user=luz, service=service, starts_at=now) is None
    assert member_terms(user=None, service=service, starts_at=now) is None


def test_three_unpaid_times_are_no_reason_to_refuse_what_costs_nothing(service):
    luz = make_member()
    other = make_service(service.professional)
    bought(luz, make_plan(service))
    for _n in range(3):
        booked(luz, other)
    assert booked(luz, service).price == 0


def test_the_terms_of_many_services_are_two_or_three_questions(service, django_assert_num_queries):
    luz = make_member()
    others = [make_service(service.professional) for _n in range(4)]
    for one in (service, *others):
        bought(luz, make_plan(one))
    assert PlanService.objects.count() == 5
    with django_assert_num_queries(3):
        found = terms_by_service(user=luz, services=[service, *others])
    assert {terms.price for terms in found.values()} == {0}
    assert len(found) == 5


def test_by_hand_for_somebody_typed_in_who_is_a_member(service):
    luz = make_member()
    membership = bought(luz, make_plan(service))
    start = next_free_slots(service=service, count=1)[0]
    typed = PatientDetails(name=luz.name.upper(), email=luz.email)
    booking = services.book_by_hand(service=service, starts_at=start, patient=typed, actor=DOCTOR)
    assert booking.membership == membership


@pytest.mark.parametrize(
    "other", [{"name": "Ana Gil", "email": "ana@example.org"}, {"email": "ana@example.org"}]
)
def test_a_member_pays_less_for_themselves_and_not_for_whom_they_book(service, other):
    luz = make_member()
    bought(luz, make_plan(service))
    booking = services.book(
        service=service,
        starts_at=free_at(service, 0),
        patient=PatientDetails(**{"name": luz.name, "email": luz.email} | other),
        **services.who_books(luz),
    )
    assert (booking.price, booking.membership, booking.status) == (service.price, None, "pending_payment")


def test_whoever_books_for_a_member_has_not_their_price(service):
    luz, bob = make_member(), make_member("bob@example.org", name="Bob")
    bought(luz, make_plan(service))
    booking = services.book(
        service=service,
        starts_at=free_at(service, 0),
        patient=PatientDetails(name=luz.name, email=luz.email),
        **services.who_books(bob),
    )
    assert booking.membership is None
