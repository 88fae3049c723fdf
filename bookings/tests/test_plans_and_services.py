"""What is sold in a plan can be booked, and members keep the price that they bought, whatever becomes of services."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from bookings import services
from bookings.models import Membership
from bookings.selectors.memberships import member_terms
from bookings.services.catalog import change_service
from bookings.services.plans import Included, change_plan
from bookings.tests.factories import make_professional, make_service
from bookings.tests.members import DOCTOR, bought, make_member, make_plan
from core.tests.refusals import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True))


def alter(service, **changes):
    return change_service(professional=service.professional, service_id=service.pk, actor=DOCTOR, **changes)


def offer(plan, offered):
    services.offer_plan(professional=plan.professional, plan_id=plan.pk, offered=offered, actor=DOCTOR)


def test_what_is_for_sale_stays_on_offer(service):
    plan = make_plan(service)
    assert refusal(alter, service, is_active=False) == (None, "in_plan")
    offer(plan, False)
    alter(service, is_active=False)
    assert refusal(offer, plan, True) == ("included", "service_not_offered")
    assert refusal(make_plan, service) == ("included", "service_not_offered")
    alter(service, is_active=True)
    offer(plan, True)


def test_what_members_pay_for_keeps_its_currency_until_they_are_no_members(service):
    plan = make_plan(service, member_price=Decimal(100))
    bought(make_member(), plan)
    assert refusal(alter, service, currency="USD") == ("currency", "in_plan")
    offer(plan, False)
    assert refusal(alter, service, currency="USD") == ("currency", "in_plan")
    past = timezone.now() - timedelta(days=1)
    Membership.objects.update(starts_at=past - timedelta(days=30), ends_at=past)
    assert alter(service, currency="USD").currency == "USD"


def test_what_is_included_is_included_in_any_currency(service):
    luz, plan = make_member(), make_plan(service)
    membership = bought(luz, plan)
    service = alter(service, currency="USD", price=Decimal(20))
    terms = member_terms(user=luz, service=service, starts_at=timezone.now())
    assert (terms.membership, terms.price) == (membership, 0)


def test_the_words_of_a_plan_change_though_its_service_is_cheaper_now_or_gone(service):
    plan = make_plan(service, member_price=Decimal(10000))
    bought(make_member(), plan)
    alter(service, price=Decimal(9000))
    own = {"professional": plan.professional, "plan_id": plan.pk, "actor": DOCTOR}
    assert change_plan(name="Cheaper", **own).name == "Cheaper"
    offer(plan, False)
    alter(service, is_active=False)
    same = [Included(service.pk, Decimal("10000.00"))]
    assert change_plan(name="Gone", included=same, **own).name == "Gone"
    assert plan.included.get().member_price == 10000
