"""A practice changes its rules for bookings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Professional
from bookings.domain.public_holidays import is_known
from bookings.models import BookingPolicy
from bookings.models.policy import LONGEST_REMINDER
from bookings.selectors.catalog import policy_of
from bookings.services.problems import require_by_five, require_valid_fields
from bookings.services.reminders import renew_reminders
from bookings.services.transition import lock_professional, require_practice
from core import audit
from core.actor import Actor
from core.errors import Refused
from payments.ways import all_ways_to_pay

MOST_REMINDERS = 5
SHORTEST_REMINDER = 5
DAY_MINUTES = 24 * 60


class PolicyChanges(TypedDict, total=False):
    """As in `BookingPolicy`; None for `max_bookings_per_day` is no limit."""

    allow_public_booking: bool
    patients_only: bool
    horizon_days: int
    minimum_notice_minutes: int
    step_minutes: int
    max_bookings_per_day: int | None
    auto_accept: bool
    hold_minutes: int
    answer_minutes: int
    cancellation_hours: int
    late_refund_percent: int
    no_show_grace_minutes: int
    reminder_minutes: Sequence[int]
    gateways: Sequence[str]
    email_notifications: bool
    closed_on_holidays: bool
    holiday_region: str


def open_practice(professional: Professional) -> None:
    """A new practice starts with the usual rules."""
    BookingPolicy.objects.get_or_create(professional=professional)


@transaction.atomic
def change_policy(
    *, professional: Professional, actor: Actor, **changes: Unpack[PolicyChanges]
) -> BookingPolicy:
    """What is not named stays. Bookings keep the deadlines they have, and the ways to pay; reminders of those to come
    follow new times.

    Raises NotAllowed, and Refused with the field: those of its bounds (`min_value`, `max_value`, ...), `step_size`,
    `notice_beyond_horizon`, `too_many_reminders`, `reminder_twice`, `reminder_out_of_range`, `unknown_country` (no
    calendar of public holidays is known there), `unknown_region`, `unknown_gateway`, `gateway_twice`.
    """
    require_practice(actor)
    professional = lock_professional(professional.pk)
    policy = policy_of(professional)
    before = list(policy.reminder_minutes)
    for name, value in changes.items():
        setattr(policy, name, value)
    policy.reminder_minutes = sorted(policy.reminder_minutes, reverse=True)
    _require_valid(policy)
    if changes.get("closed_on_holidays") or "holiday_region" in changes:
        _require_calendar(policy, professional.country)
    if "gateways" in changes:
        _require_gateways(policy.gateways)
    policy.save()
    if policy.reminder_minutes != sorted(before, reverse=True):
        renew_reminders(professional_id=professional.pk, reminder_minutes=policy.reminder_minutes)
    audit.record("policy.changed", object=professional, fields=" ".join(sorted(changes)))
    return policy


def _require_valid(policy: BookingPolicy) -> None:
    _require_reminders(policy.reminder_minutes)
    require_valid_fields(policy, besides=["professional", "reminder_minutes", "gateways"])
    require_by_five(policy, "step_minutes")
    if policy.minimum_notice_minutes >= policy.horizon_days * DAY_MINUTES:
        raise Refused(
            _("Nobody could book: the notice is as long as bookings are open ahead."),
            code="notice_beyond_horizon",
            attr="minimum_notice_minutes",
        )


def _require_reminders(minutes: Sequence[int]) -> None:
    if len(minutes) > MOST_REMINDERS:
        raise Refused(
            _("Please choose at most %(number)s reminders.") % {"number": MOST_REMINDERS},
            code="too_many_reminders",
            attr="reminder_minutes",
        )
    if len(set(minutes)) < len(minutes):
        raise Refused(
            _("Each reminder needs a time of its own."), code="reminder_twice", attr="reminder_minutes"
        )
    if not all(SHORTEST_REMINDER <= number <= LONGEST_REMINDER for number in minutes):
        raise Refused(
            _("Reminders go out between 5 minutes and 14 days before the start."),
            code="reminder_out_of_range",
            attr="reminder_minutes",
        )


def _require_gateways(names: Sequence[str]) -> None:
    known = [way.name for way in all_ways_to_pay()]
    for name in names:
        if name not in known:
            raise Refused(
                _("Nobody can be paid by %(name)s here.") % {"name": name},
                code="unknown_gateway",
                attr="gateways",
            )
    if len(set(names)) < len(names):
        raise Refused(_("Please name each way to pay once."), code="gateway_twice", attr="gateways")


def _require_calendar(policy: BookingPolicy, country: str) -> None:
    """Asked only when these are chosen: where somebody moved to another country, the other rules stay open."""
    if policy.closed_on_holidays and not is_known(country):
        raise Refused(
            _("We know no public holidays for your country. Please enter your days off under availability.")
            if country
            else _("We do not know your country yet. Please ask the administration to enter it."),
            code="unknown_country",
            attr="closed_on_holidays",
        )
    if policy.holiday_region and not is_known(country, policy.holiday_region):
        raise Refused(
            _("This region does not belong to your country."), code="unknown_region", attr="holiday_region"
        )
