"""Somebody with plans or memberships leaves, or is erased: who keeps what, and who hears of it."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from accounts.models import Role
from accounts.services import close_account, erase_patient, leaving, set_active
from bookings import services
from bookings.models import Membership, Plan
from bookings.services.memberships import give_back
from bookings.tests.factories import make_professional, make_service, make_user
from bookings.tests.leaving_stories import refused, settle_all
from bookings.tests.members import booked, bought, make_member, make_plan, pay_for
from core import outbox
from core.models import OutboxEvent
from notifications.models import Message, Notification
from payments.models import Payment, Refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan():
    return make_plan(make_service(make_professional(always_open=True)))


@pytest.fixture
def luz():
    return make_member(language="en")


def states():
    return {one.pk: (one.cancelled_at is not None, one.next_notice_at is not None) for one in all_of()}


def all_of():
    return Membership.objects.all()


def kinds():
    outbox.deliver_due()
    return set(Message.objects.values_list("kind", flat=True))


def test_a_practice_leaves_and_what_has_not_begun_goes_back(plan, luz):
    running, ahead = bought(luz, plan), bought(luz, plan)
    unpaid = services.subscribe(user=make_member("b@example.org"), plan_id=plan.pk)
    staff = make_user(role=Role.MEDICAL_ADMIN)
    said = leaving.foretell(plan.professional.user)
    assert len(said) == 3 and all("1 " in one for one in said[1:])
    close_account(user_id=plan.professional.user_id)
    settle_all()
    assert states() == {running.pk: (False, False), ahead.pk: (True, False), unpaid.pk: (True, False)}
    assert not Plan.objects.get().is_offered
    refund = Refund.objects.get()
    assert (refund.attempt.payment.subject_id, refund.amount) == (ahead.pk, plan.price)
    assert Payment.objects.get(subject_id=unpaid.pk).status == "closed"
    assert {"membership_left_alone", "membership_cancelled"} <= kinds()
    assert Notification.objects.get(user=staff).kind == "MEMBERSHIP_NEEDS_STAFF"
    assert OutboxEvent.objects.filter(topic="MembershipLeftAlone").count() == 1


def test_money_that_comes_after_that_goes_back_too(plan, luz):
    membership = services.subscribe(user=luz, plan_id=plan.pk)
    payment = pay_for(membership)
    close_account(user_id=plan.professional.user_id)
    # Paid, and nobody was told yet: that is waited for.
    with pytest.raises(AssertionError):
        settle_all()
    services.membership_settled(payment.pk)
    settle_all()
    membership.refresh_from_db()
    assert membership.cancelled_at is not None
    assert Refund.objects.get().amount == plan.price


def test_staff_put_a_practice_out_and_its_members_are_seen_to(plan, luz):
    bought(luz, plan)
    staff = make_user(role=Role.IT_ADMIN)
    set_active(user_id=plan.professional.user_id, active=False, by=staff, cancel_bookings=True)
    settle_all()
    assert not Plan.objects.get().is_offered
    assert OutboxEvent.objects.filter(topic="MembershipLeftAlone").count() == 1


def test_a_patient_leaves_and_keeps_no_claim_but_what_was_not_paid_is_closed(plan, luz):
    running = bought(luz, plan)
    unpaid = services.subscribe(user=luz, plan_id=plan.pk)
    with override("en"):
        assert "money does not come back" in leaving.foretell(luz)[-1]
    close_account(user_id=luz.pk)
    settle_all()
    assert states() == {running.pk: (False, True), unpaid.pk: (True, False)}
    assert not Refund.objects.exists()
    Message.objects.all().delete()
    Membership.objects.update(next_notice_at=running.starts_at)
    services.send_membership_notices()
    assert not Message.objects.exists()


def test_whoever_is_owed_money_for_a_membership_is_not_erased_yet(plan, luz):
    membership = bought(luz, plan)
    staff, record = make_user(role=Role.MEDICAL_ADMIN), luz.patients.get()
    give_back(membership.pk, "kindness")
    with refused("open_refund"):
        erase_patient(patient_id=record.pk, by=staff)
    Refund.objects.update(status="succeeded")
    erase_patient(patient_id=record.pk, by=staff)
    record.refresh_from_db()
    assert record.erased_at is not None


def test_an_erased_record_takes_the_letters_along_and_the_membership_stays_with_the_account(plan, luz):
    membership = bought(luz, plan)
    outbox.deliver_due()
    assert Message.objects.get().text
    erase_patient(patient_id=luz.patients.get().pk, by=make_user(role=Role.MEDICAL_ADMIN))
    assert not Message.objects.get().text
    service = plan.included.get().service
    assert booked(luz, service).membership == membership
