"""Memberships, as medical administration finds and reads them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from bookings import services
from bookings.models import Membership
from bookings.services.memberships import let_go
from bookings.tests.admin_pages import enter, queries_of, shown
from bookings.tests.members import bought, make_member, make_plan
from core.models import AuditEvent
from payments.models import Payment

pytestmark = pytest.mark.django_db
LIST, PAYMENTS = "/admin/bookings/membership/", "/admin/payments/payment/"


@pytest.fixture
def admin(client):
    return enter(client)


@pytest.fixture
def plan():
    return make_plan()


def test_one_says_who_until_when_what_is_left_and_what_was_paid(admin, plan):
    luz = make_member()
    membership = bought(luz, plan)
    page = shown(admin, f"{LIST}{membership.pk}/change/")
    assert "Luz Marín" in page
    assert "luz@example.org" in page
    assert "Consultation: as often as needed" in page
    assert f"{PAYMENTS}{Payment.objects.get().pk}/change/" in page
    # Whoever is looked at learns of it.
    seen = AuditEvent.objects.filter(action="read", subjects__contains=[luz.patients.get().data_key_id])
    assert seen.filter(route="admin:bookings_membership_change").exists()


def test_the_payment_leads_to_what_was_paid(admin, plan):
    membership = bought(make_member(), plan)
    assert f"{LIST}{membership.pk}/change/" in shown(admin, PAYMENTS)


@pytest.mark.parametrize("words", ["luz@example.org", "LUZ@example.org", "follow", "Dra. Ana"])
def test_found_by_email_plan_or_professional(admin, plan, words):
    bought(make_member(), plan)
    other = make_plan(name="Another")
    other.professional.name = "Nobody"
    other.professional.save()
    bought(make_member("other@example.org", name="Eva Ruiz"), other)
    page = shown(admin, f"{LIST}?q={words}")
    assert "Luz Marín" in page
    assert "Eva Ruiz" not in page


def test_filtered_by_state_and_practice(admin, plan):
    running = bought(make_member(), plan)
    coming = bought(running.user, plan)
    unpaid = services.subscribe(user=make_member("unpaid@example.org", name="Unpaid"), plan_id=plan.pk)
    returned = bought(make_member("back@example.org", name="Returned"), plan)
    Membership.objects.filter(pk=returned.pk).update(cancelled_at=timezone.now())
    never = services.subscribe(user=make_member("never@example.org", name="Never"), plan_id=plan.pk)
    assert let_go(never.pk)
    for state, membership in {
        "cancelled": never,
        "running": running,
        "coming": coming,
        "unpaid": unpaid,
        "returned": returned,
    }.items():
        rows = admin.get(f"{LIST}?standing={state}").context["cl"].result_list
        assert [row.pk for row in rows] == [membership.pk]
    practice = plan.professional_id
    assert len(admin.get(f"{LIST}?professional={practice}").context["cl"].result_list) == 5
    assert not admin.get(f"{LIST}?professional={running.pk}").context["cl"].result_list
    assert len(admin.get(f"{LIST}?standing=nonsense").context["cl"].result_list) == 5


def test_the_list_takes_as_many_queries_for_many_rows(admin, plan):
    bought(make_member(), plan)
    few = queries_of(admin, LIST)
    for number in range(4):
        bought(make_member(f"more{number}@example.org"), plan)
    assert queries_of(admin, LIST) == few
