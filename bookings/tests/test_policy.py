"""A practice changes its rules: within bounds, and with what follows from them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from bookings.models import Booking, BookingPolicy
from bookings.services.policy import change_policy
from bookings.tests.factories import make_confirmed, make_professional, make_service, make_user
from bookings.tests.test_reminders import in_ten_days, kept
from core.actor import Actor
from core.errors import NotAllowed, Refused

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")


@pytest.fixture
def professional():
    return make_professional(always_open=True, country="ES")


def change(professional, **changes):
    return change_policy(professional=professional, actor=DOCTOR, **changes)


def test_what_is_not_named_stays(professional):
    change(professional, horizon_days=30, auto_accept=True)
    policy = BookingPolicy.objects.get()
    assert (policy.horizon_days, policy.auto_accept, policy.cancellation_hours) == (30, True, 24)


def test_a_practice_without_rules_gets_them(professional):
    BookingPolicy.objects.all().delete()
    change(professional, step_minutes=15)
    assert BookingPolicy.objects.get().step_minutes == 15


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"horizon_days": 0}, ("horizon_days", "min_value")),
        ({"horizon_days": 366}, ("horizon_days", "max_value")),
        ({"minimum_notice_minutes": -1}, ("minimum_notice_minutes", "min_value")),
        ({"minimum_notice_minutes": 43201}, ("minimum_notice_minutes", "max_value")),
        (
            {"minimum_notice_minutes": 2880, "horizon_days": 2},
            ("minimum_notice_minutes", "notice_beyond_horizon"),
        ),
        ({"step_minutes": 0}, ("step_minutes", "min_value")),
        ({"step_minutes": 245}, ("step_minutes", "max_value")),
        ({"step_minutes": 12}, ("step_minutes", "step_size")),
        ({"max_bookings_per_day": 0}, ("max_bookings_per_day", "min_value")),
        ({"max_bookings_per_day": 201}, ("max_bookings_per_day", "max_value")),
        ({"hold_minutes": 0}, ("hold_minutes", "min_value")),
        ({"hold_minutes": 1441}, ("hold_minutes", "max_value")),
        ({"answer_minutes": 0}, ("answer_minutes", "min_value")),
        ({"answer_minutes": 20161}, ("answer_minutes", "max_value")),
        ({"cancellation_hours": 721}, ("cancellation_hours", "max_value")),
        ({"late_refund_percent": 101}, ("late_refund_percent", "max_value")),
        ({"no_show_grace_minutes": 121}, ("no_show_grace_minutes", "max_value")),
        ({"reminder_minutes": [4]}, ("reminder_minutes", "reminder_out_of_range")),
        ({"reminder_minutes": [20161]}, ("reminder_minutes", "reminder_out_of_range")),
        ({"reminder_minutes": [60, 60]}, ("reminder_minutes", "reminder_twice")),
        ({"reminder_minutes": [10, 20, 30, 40, 50, 60]}, ("reminder_minutes", "too_many_reminders")),
        ({"holiday_region": "BW"}, ("holiday_region", "unknown_region")),
    ],
)
def test_what_is_out_of_bounds_names_its_field_and_changes_nothing(professional, changes, expected):
    before = BookingPolicy.objects.values().get()
    with pytest.raises(Refused) as refusal:
        change(professional, **changes)
    assert (refusal.value.attr, refusal.value.code) == expected
    assert BookingPolicy.objects.values().get() == before


def test_no_limit_and_no_reminders_are_allowed(professional):
    policy = change(professional, max_bookings_per_day=None, reminder_minutes=[], minimum_notice_minutes=0)
    assert (policy.max_bookings_per_day, policy.reminder_minutes) == (None, [])


def test_holidays_are_those_of_the_country(professional):
    assert change(professional, closed_on_holidays=True, holiday_region="MD").holiday_region == "MD"


@pytest.mark.parametrize(
    ("country", "words"), [("", "do not know your country"), ("XX", "no public holidays")]
)
def test_without_a_calendar_holidays_cannot_count_and_the_rest_can_be_changed(professional, country, words):
    professional.country = country
    professional.save()
    with override("en"), pytest.raises(Refused, match=words) as refusal:
        change(professional, closed_on_holidays=True)
    assert (refusal.value.attr, refusal.value.code) == ("closed_on_holidays", "unknown_country")
    BookingPolicy.objects.update(closed_on_holidays=True)
    assert change(professional, horizon_days=10).horizon_days == 10


def test_new_reminders_count_for_what_is_agreed_already(professional):
    service = make_service(professional, price=0)
    booking = make_confirmed(service, start=in_ten_days(service))
    change(professional, reminder_minutes=[60, 2880])
    assert kept(booking).next_reminder_at == booking.starts_at - timedelta(days=2)
    change(professional, reminder_minutes=[])
    assert kept(booking).next_reminder_at is None


def test_a_reminder_that_is_just_due_is_not_lost(professional):
    service = make_service(professional, price=0)
    booking = make_confirmed(service, start=in_ten_days(service))
    due = booking.created_at - timedelta(seconds=1)
    Booking.objects.update(next_reminder_at=due)
    change(professional, reminder_minutes=[60])
    assert kept(booking).next_reminder_at == due


def test_other_practices_keep_theirs(professional):
    service = make_service(make_professional(always_open=True), price=0)
    theirs = make_confirmed(service, start=in_ten_days(service))
    change(professional, reminder_minutes=[])
    assert kept(theirs).next_reminder_at == theirs.starts_at - timedelta(days=1)


def test_only_the_practice_changes_its_rules(professional):
    with pytest.raises(NotAllowed):
        change_policy(professional=professional, actor=Actor("patient", make_user().pk), horizon_days=3)
