"""A practice decides what it sells; what somebody has asked for stays as it was."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from bookings import services
from bookings.models import Membership, Plan
from bookings.selectors.memberships import offered_plans, own_plans
from bookings.services.plans import MOST_OFFERED, Included
from bookings.tests.factories import PATIENT, make_professional, make_service
from bookings.tests.members import DOCTOR, bought, make_member, make_plan
from core.errors import Missing, NotAllowed
from core.tests.refusals import refusal
from payments.models import Payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True))


def change(plan, **changes):
    lines = [Included(one.service_id, one.member_price, one.times) for one in plan.included.all()]
    fields = {
        name: getattr(plan, name) for name in ("name", "description", "price", "currency", "months")
    } | {"included": lines}
    return services.save_plan(professional=plan.professional, plan=plan, actor=DOCTOR, **(fields | changes))


def test_a_new_plan_is_for_sale_at_once(service):
    plan = make_plan(service, name="  Follow   up ", price=Decimal("90000"), times=4)
    assert (plan.name, plan.is_offered) == ("Follow up", True)
    assert list(offered_plans(service.professional)) == [plan]
    line = plan.included.get()
    assert (line.service, line.member_price, line.times) == (service, 0, 4)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"name": "  "}, ("name", "blank")),
        ({"name": "x" * 121}, ("name", "max_length")),
        ({"description": "x" * 501}, ("description", "max_length")),
        ({"price": Decimal(0)}, ("price", "invalid_amount")),
        ({"price": Decimal("-5")}, ("price", "invalid_amount")),
        ({"price": Decimal("10.005")}, ("price", "invalid_amount")),
        ({"price": Decimal("NaN")}, ("price", "invalid")),
        ({"currency": "ZZZ"}, ("currency", "unknown_currency")),
        ({"currency": "USD"}, ("included", "other_currency")),
        ({"months": 0}, ("months", "min_value")),
        ({"months": 25}, ("months", "max_value")),
        ({"included": []}, ("included", "nothing_included")),
        ({"included": [Included(uuid4())]}, ("included", "unknown_service")),
        ({"member_price": Decimal("25000.01")}, ("included", "dearer_for_members")),
        ({"member_price": Decimal("-1")}, ("included", "invalid_amount")),
        ({"member_price": Decimal("1.005")}, ("included", "invalid_amount")),
        ({"times": 0}, ("included", "min_value")),
        ({"times": 40000}, ("included", "max_value")),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_field(service, fields, expected):
    assert refusal(make_plan, service=service, **fields) == expected
    assert not Plan.objects.exists()


def test_a_service_stands_in_it_once_and_is_ones_own(service):
    twice = [Included(service.pk), Included(service.pk, Decimal(1))]
    assert refusal(make_plan, service=service, included=twice) == ("included", "service_twice")
    others = [Included(make_service(make_professional()).pk)]
    assert refusal(make_plan, service=service, included=others) == ("included", "unknown_service")


def test_only_the_practice_itself_writes_it(service):
    with pytest.raises(NotAllowed):
        make_plan(service, actor=PATIENT)
    plan, other = make_plan(service), make_professional()
    with pytest.raises(Missing):
        services.offer_plan(professional=other, plan_id=plan.pk, offered=False, actor=DOCTOR)
    with pytest.raises(Missing):
        services.delete_plan(professional=other, plan_id=plan.pk, actor=DOCTOR)


def test_until_somebody_asks_everything_can_change(service):
    plan, other = make_plan(service), make_service(service.professional)
    changed = change(plan, price=Decimal("50000"), months=3, included=[Included(other.pk, Decimal(5), 2)])
    assert (changed.price, changed.months) == (50000, 3)
    assert [line.service for line in Plan.objects.get().included.all()] == [other]


def test_once_somebody_has_asked_only_its_words_can_change(service):
    plan = make_plan(service)
    services.subscribe(user=make_member(), plan_id=plan.pk)
    line = [Included(service.pk, Decimal(1))]
    for changes in ({"price": Decimal("1000")}, {"months": 2}, {"included": line}):
        assert refusal(change, plan=plan, **changes) == (None, "plan_sold")
    changed = change(plan, name="Another name", description="And other words", price=Decimal("90000.00"))
    assert (changed.name, changed.description) == ("Another name", "And other words")
    assert refusal(services.delete_plan, professional=plan.professional, plan_id=plan.pk, actor=DOCTOR) == (
        None,
        "plan_sold",
    )


def test_one_that_nobody_wanted_can_be_deleted(service):
    plan = make_plan(service)
    services.delete_plan(professional=plan.professional, plan_id=plan.pk, actor=DOCTOR)
    assert not Plan.objects.exists()


def test_its_sale_ends_and_begins_again(service):
    plan = make_plan(service)
    member, undecided = make_member(), make_member("undecided@example.org")
    running = bought(member, plan)
    services.subscribe(user=undecided, plan_id=plan.pk)
    offer = {"professional": plan.professional, "plan_id": plan.pk, "actor": DOCTOR}
    for _twice in range(2):
        services.offer_plan(offered=False, **offer)
    with pytest.raises(Missing):
        services.subscribe(user=undecided, plan_id=plan.pk)
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["closed", "paid"]
    running.refresh_from_db()
    assert running.cancelled_at is None
    services.offer_plan(offered=True, **offer)
    again = services.subscribe(user=undecided, plan_id=plan.pk)
    assert Payment.objects.get(subject_id=again.pk).status == "pending"


def test_nobody_reads_through_hundreds_of_plans(service):
    Plan.objects.bulk_create(
        Plan(professional=service.professional, name=f"{n}", price=1, currency="COP")
        for n in range(MOST_OFFERED)
    )
    assert refusal(make_plan, service=service) == (None, "too_many_plans")


def test_the_practices_list_says_how_many_members_each_has(service, django_assert_num_queries):
    plan, empty = make_plan(service), make_plan(service, months=6)
    luz = make_member()
    for user in (luz, luz, make_member("b@example.org")):
        bought(user, plan)
    services.subscribe(user=make_member("c@example.org"), plan_id=plan.pk)
    with django_assert_num_queries(3):
        found = {one.pk: one for one in own_plans(service.professional)}
        assert [line.service.name for one in found.values() for line in one.included.all()]
    assert [(found[one.pk].members, found[one.pk].asked_for) for one in (plan, empty)] == [(2, 4), (0, 0)]
    assert Membership.objects.count() == 4
