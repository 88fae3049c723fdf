"""Real threads on real PostgreSQL: no use too many, no period twice, one payment for one wish."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bookings import services
from bookings.models import Booking, Membership
from bookings.selectors import next_free_slots
from bookings.services.memberships import let_go
from bookings.services.plans import offer_plan
from bookings.tests.factories import hold_over, make_professional, make_service
from bookings.tests.members import DOCTOR, booked, bought, make_member, make_plan, pay_for
from bookings.tests.test_races import race
from bookings.tests.test_settlement import settled
from core.models import OutboxEvent
from payments.models import Payment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True))


def test_three_uses_and_eight_wishes_at_once(service):
    luz = make_member()
    bought(luz, make_plan(service, times=3, member_price=Decimal(0)))
    starts = next_free_slots(service=service, count=8 * 3)[::3]
    patient = luz.patients.get()

    def wish(number, start):
        if number % 2:
            return lambda: booked(luz, service, start)
        return lambda: services.book_by_hand(
            service=service, starts_at=start, patient=patient, actor=DOCTOR, pays_at_practice=True
        )

    outcome = race([wish(number, start) for number, start in enumerate(starts)])
    assert outcome["ok"] >= 6 and not set(outcome) - {"ok", "too_many_holds", "max_meetings"}
    assert Booking.objects.filter(membership__isnull=False).count() == 3
    assert Booking.objects.filter(membership=None).exclude(price=service.price).count() == 0


def test_two_settlements_of_one_and_of_two_at_once(service):
    luz, plan = make_member(), make_plan(service)
    late = services.subscribe(user=luz, plan_id=plan.pk)
    let_go(late.pk)
    new = services.subscribe(user=luz, plan_id=plan.pk)
    payments = [pay_for(late).pk, pay_for(new).pk]
    outcome = race([lambda pk=pk: services.membership_settled(pk) for pk in payments * 4])
    assert outcome == {"ok": 8}
    first, second = Membership.objects.order_by("starts_at")
    assert second.starts_at == first.ends_at
    assert OutboxEvent.objects.filter(topic="MembershipStarted").count() == 2


def test_asked_for_by_many_hands_it_is_one_wish_and_one_payment(service):
    luz, plan = make_member(), make_plan(service)
    assert race([lambda: services.subscribe(user=luz, plan_id=plan.pk)] * 6) == {"ok": 6}
    assert Membership.objects.count() == Payment.objects.count() == luz.patients.count() == 1


def test_who_buys_while_the_sale_ends_buys_or_does_not(service):
    plan = make_plan(service)
    buyers = [make_member(f"m{number}@example.org") for number in range(5)]
    calls = [lambda user=user: services.subscribe(user=user, plan_id=plan.pk) for user in buyers]

    def end():
        offer_plan(professional=plan.professional, plan_id=plan.pk, offered=False, actor=DOCTOR)

    assert set(race([*calls, end])) <= {"ok", "not_found"}
    assert not Membership.objects.filter(cancelled_at=None).exists()
    assert not Payment.objects.exclude(status="closed").exists()


def test_late_money_brings_no_booking_back_whose_use_somebody_else_has(service):
    """The same membership: its one use went to another appointment meanwhile."""
    luz = make_member()
    bought(luz, make_plan(service, times=1, member_price=Decimal(100)))
    starts = next_free_slots(service=service, count=10)
    late = booked(luz, service, starts[4])
    assert late.price == 100
    hold_over(late)
    taken = booked(luz, service, starts[9])
    assert taken.price == 100
    assert settled(late).status == "expired"
    hold_over(taken)
    again = booked(luz, service, starts[0], reason="otra vez")
    assert again.price == 100
