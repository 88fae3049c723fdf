"""Who is told what of a membership: by letter, in the app, and nobody twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Role
from bookings import services
from bookings.models import Membership
from bookings.services.memberships import follow_money, give_back
from bookings.services.plans import offer_plan
from bookings.tests.factories import make_user
from bookings.tests.members import DOCTOR, bought, make_member, make_plan
from bookings.tests.test_announcements import letters
from core import outbox
from notifications.models import Message, Notification
from notifications.wording import words_of
from payments.models import Payment

pytestmark = pytest.mark.django_db


def kinds():
    return sorted(Notification.objects.values_list("user__email", "kind"))


def move_to_its_end(membership, *, days: float):
    """So many days before its end, by moving the row (the sweep reads the database's clock)."""
    length, end = membership.ends_at - membership.starts_at, timezone.now() + timedelta(days=days)
    Membership.objects.filter(pk=membership.pk).update(
        starts_at=end - length, ends_at=end, next_notice_at=end - timedelta(days=7)
    )


def sweep():
    Message.objects.all().delete()
    services.send_membership_notices()
    return list(Message.objects.values_list("kind", flat=True))


def test_the_member_reads_what_was_bought_and_the_practice_that_it_was():
    luz = make_member(language="en")
    membership = bought(luz, make_plan(name="Ten talks"))
    told = letters()
    assert set(told) == {"membership_started"}
    letter = told["membership_started"]
    assert letter.recipient == luz.email
    assert "Ten talks" in letter.subject and "Luz Marín" in letter.text and "COP" in letter.text
    assert letter.data_key_id == luz.patients.get().data_key_id
    assert "/me/membership" in letter.html
    doctor = membership.plan.professional.user
    assert kinds() == sorted([(luz.email, "MEMBERSHIP_STARTED"), (doctor.email, "MEMBERSHIP_SOLD")])
    for notification in Notification.objects.all():
        words = words_of(notification.kind, notification.payload)
        assert "Ten talks" in words.message and luz.name not in str(notification.payload)


def test_money_back_is_told_once():
    luz = make_member(language="en")
    membership = bought(luz, make_plan())
    letters()
    give_back(membership.pk, "left")
    follow_money(Payment.objects.get().pk)
    told = letters()
    assert set(told) == {"membership_cancelled"}
    assert "90,000" in told["membership_cancelled"].text
    assert Notification.objects.filter(kind="MEMBERSHIP_CANCELLED").count() == 1


def test_a_week_before_the_end_and_at_the_end_a_letter_each():
    luz, plan = make_member(language="en"), make_plan()
    membership = bought(luz, plan)
    assert sweep() == []
    move_to_its_end(membership, days=6.9)
    assert sweep() == ["membership_ending"]
    assert f"/plans/{plan.pk}/" in Message.objects.get().text
    assert sweep() == []
    move_to_its_end(membership, days=-0.1)
    assert sweep() == ["membership_ended"]
    assert sweep() == []
    assert Membership.objects.get().next_notice_at is None


def test_whoever_was_down_writes_only_that_it_has_ended():
    membership = bought(make_member(), make_plan())
    move_to_its_end(membership, days=-3)
    assert sweep() == ["membership_ended"]
    assert sweep() == []


def test_nothing_is_said_where_it_goes_on_or_was_cancelled():
    luz, plan = make_member(), make_plan()
    first, second = bought(luz, plan), bought(luz, plan)
    Membership.objects.filter(pk=first.pk).update(next_notice_at=Now())
    assert sweep() == []
    give_back(second.pk, "left")
    Membership.objects.filter(pk=first.pk).update(next_notice_at=Now())
    assert sweep() == ["membership_ending"]


def test_where_the_plan_is_not_sold_any_more_nobody_is_led_to_it():
    luz, plan = make_member(language="en"), make_plan()
    membership = bought(luz, plan)
    offer_plan(professional=plan.professional, plan_id=plan.pk, offered=False, actor=DOCTOR)
    move_to_its_end(membership, days=2)
    assert sweep() == ["membership_ending"]
    text = Message.objects.get().text
    assert "not sold any more" in text and f"/plans/{plan.pk}/" not in text


def test_what_nobody_pays_is_let_go_after_a_week():
    old, new = (
        services.subscribe(user=make_member(f"{name}@example.org"), plan_id=plan.pk)
        for name, plan in (("a", make_plan()), ("b", make_plan()))
    )
    Membership.objects.filter(pk=old.pk).update(created_at=Now() - timedelta(days=8))
    assert sweep() == []
    assert [one.cancelled_at is None for one in Membership.objects.filter(pk__in=[old.pk, new.pk])].count(
        True
    ) == 1
    assert Payment.objects.get(subject_id=old.pk).status == "closed"
    assert Payment.objects.get(subject_id=new.pk).status == "pending"


def test_one_that_fails_does_not_hold_up_the_others(monkeypatch):
    members = [bought(make_member(f"{name}@example.org"), make_plan()) for name in "ab"]
    for days, one in zip((1, 2), members, strict=True):
        move_to_its_end(one, days=days)
    user = members[0].user
    user.email = "no address"
    user.save()
    assert sweep() == ["membership_ending"]
    assert Message.objects.get().recipient == members[1].user.email
    assert Membership.objects.get(pk=members[0].pk).next_notice_at < timezone.now()


def test_nobody_writes_to_whoever_has_left():
    luz = make_member()
    membership = bought(luz, make_plan())
    luz.is_active = False
    luz.save()
    move_to_its_end(membership, days=1)
    assert sweep() == []
    assert not Notification.objects.filter(user=luz).exists()


def test_staff_hear_of_what_a_practice_left_behind():
    from bookings.events import memberships as membership_events

    staff = make_user(role=Role.MEDICAL_ADMIN)
    membership = bought(make_member(language="en"), make_plan())
    letters()
    membership_events.tell(membership_events.MembershipLeftAlone, membership)
    assert set(letters()) == {"membership_left_alone"}
    outbox.deliver_due()
    assert Notification.objects.get(user=staff).kind == "MEMBERSHIP_NEEDS_STAFF"
