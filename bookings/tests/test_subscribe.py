"""Who may buy a plan, and what they are then."""

from __future__ import annotations

import pytest

from accounts.models import Role
from bookings import services
from bookings.models import BookingPolicy, Membership
from bookings.plan_words import Standing, standing_of
from bookings.selectors.memberships import members_of, membership_of, memberships_of, whats_left
from bookings.services.memberships import let_go, membership_checkout_url
from bookings.tests.factories import make_professional, make_service, make_user
from bookings.tests.members import booked, bought, make_member, make_plan, pay_for
from core.errors import Missing, NotAllowed, Refused
from payments.models import Attempt, Payment

pytestmark = pytest.mark.django_db


def refusal(user, plan):
    with pytest.raises(NotAllowed) as refused:
        services.subscribe(user=user, plan_id=plan.pk)
    return refused.value.code


def test_whoever_buys_is_a_patient_of_the_practice_and_owes_its_price():
    luz, plan = make_member(), make_plan()
    BookingPolicy.objects.update(gateways=["sandbox"])
    membership = services.subscribe(user=luz, plan_id=plan.pk)
    assert membership.starts_at is None
    payment = Payment.objects.get()
    assert (payment.subject_type, payment.subject_id) == ("membership", membership.pk)
    assert (payment.amount, payment.currency, payment.gateways) == (plan.price, "COP", ["sandbox"])
    assert luz.patients.get().professional == plan.professional


def test_asked_again_it_is_the_same_until_nobody_waits_for_it_any_more():
    luz, plan = make_member(), make_plan()
    membership = services.subscribe(user=luz, plan_id=plan.pk)
    assert services.subscribe(user=luz, plan_id=plan.pk) == membership
    let_go(membership.pk)
    assert services.subscribe(user=luz, plan_id=plan.pk) != membership
    assert luz.patients.count() == 1


def test_only_patients_with_a_confirmed_email_buy():
    plan = make_plan()
    for role in (Role.PROFESSIONAL, Role.MEDICAL_ADMIN, Role.IT_ADMIN):
        assert refusal(make_user(role=role), plan) == "not_yours_to_do"
    assert refusal(make_member(verified=False), plan) == "email_not_verified"


def test_where_only_patients_book_only_they_buy():
    plan, luz = make_plan(), make_member()
    BookingPolicy.objects.update(patients_only=True)
    assert refusal(luz, plan) == "patients_only"
    BookingPolicy.objects.update(patients_only=False, allow_public_booking=False)
    assert refusal(luz, plan) == "booking_closed"
    assert not luz.patients.exists() and not Membership.objects.exists()


def test_what_nobody_finds_nobody_buys():
    luz, plan = make_member(), make_plan()
    user = plan.professional.user
    user.is_active = False
    user.save()
    with pytest.raises(Missing):
        services.subscribe(user=luz, plan_id=plan.pk)


def test_its_checkout_names_the_plan_and_comes_back_to_the_payments_page(settings):
    settings.EMBEDDED, settings.PAYMENT_GATEWAYS = True, ["sandbox"]
    luz, plan = make_member(), make_plan(name="Seguimiento")
    membership = services.subscribe(user=luz, plan_id=plan.pk)
    assert membership_checkout_url(membership, origin="http://here")
    attempt = Attempt.objects.get()
    assert "Seguimiento" in attempt.description and plan.professional.name in attempt.description
    assert attempt.return_url == f"http://here/paid/{attempt.payment_id}/"
    pay_for(services.subscribe(user=make_member("b@example.org"), plan_id=plan.pk))
    with pytest.raises(Refused) as refused:
        membership_checkout_url(Membership.objects.exclude(pk=membership.pk).get())
    assert refused.value.code == "already_paid"


def test_ones_own_list_says_what_is_left_and_hides_what_came_to_nothing(django_assert_num_queries):
    service = make_service(make_professional(always_open=True))
    luz, plan = make_member(), make_plan(service, times=2)
    nothing = services.subscribe(user=luz, plan_id=plan.pk)
    let_go(nothing.pk)
    first, second = bought(luz, plan), bought(luz, plan)
    booked(luz, service)
    unpaid = services.subscribe(user=luz, plan_id=plan.pk)
    with django_assert_num_queries(4):
        found = list(memberships_of(luz))
        left = whats_left(found)
        assert {line.service.name for one in found for line in one.plan.included.all()}
    assert [one.pk for one in found] == [unpaid.pk, second.pk, first.pk]
    states = [standing_of(one, first.starts_at) for one in found]
    assert states == [Standing.UNPAID, Standing.COMING, Standing.RUNNING]
    assert [one.payment_status for one in found] == ["pending", "paid", "paid"]
    assert [(left[one.pk][0].used, left[one.pk][0].left) for one in found] == [(0, 2), (0, 2), (1, 1)]


def test_others_see_nothing_of_it():
    luz, plan = make_member(), make_plan()
    membership = bought(luz, plan)
    assert membership_of(luz, membership.pk) == membership
    with pytest.raises(Missing):
        membership_of(make_member("b@example.org"), membership.pk)
    assert list(members_of(plan)) == list(members_of(plan.professional)) == [membership]
    assert not members_of(make_professional()).exists()
