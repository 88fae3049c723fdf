"""What stands in the way of a time that a practice wants in its own calendar, in words for the practice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.domain.slots import Refusal
from bookings.models import Service
from bookings.selectors import schedule
from bookings.services.taking import OUTSIDE_HOURS

WORDS: dict[Refusal, str | Promise] = {
    Refusal.PAST: _("This time is already past."),
    Refusal.TOO_FAR: _("This time is more than two years ahead."),
    Refusal.CLOSED: _("It lies outside your hours."),
    Refusal.HOLIDAY: _("It is a public holiday, on which you are closed."),
    Refusal.OTHER_SERVICES: _("You keep this time for other services."),
    Refusal.TIME_OFF: _("You are away at this time."),
    Refusal.OFF_GRID: _("It is none of your usual starting times."),
    Refusal.DAY_FULL: _("You have as many appointments on this day as you want to have."),
    Refusal.TAKEN: _("Another appointment stands in the way, with the time kept free before and after it."),
}


@dataclass(frozen=True)
class Hindrances:
    """Empty (false) when the time is free."""

    refusals: tuple[Refusal, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.refusals)

    @property
    def words(self) -> list[str | Promise]:
        return [WORDS[refusal] for refusal in self.refusals]

    @property
    def may_be_overruled(self) -> bool:
        """Only the practice's own rules say no, which it may set aside."""
        return bool(self.refusals) and OUTSIDE_HOURS.issuperset(self.refusals)


def hindrances(
    services: Sequence[Service], start: datetime, *, without_booking: UUID | None = None
) -> list[Hindrances]:
    """For each service of one practice, if it started then (UTC). One query."""
    longest = max((service.duration_minutes for service in services), default=0)
    plans = schedule.load_each(
        services, start, start + timedelta(minutes=longest), without_booking=without_booking, by_hand=True
    )
    return [Hindrances(tuple(plan.refusals(start))) for plan in plans]
