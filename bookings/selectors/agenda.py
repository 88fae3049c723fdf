"""Reads about a professional's week: appointments, openings, time off, public holidays. Four queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import get_language

from accounts.models import Professional, User
from bookings.domain.agenda import Week
from bookings.domain.hours import DAY, Hours
from bookings.domain.intervals import Intervals
from bookings.domain.lifecycle_table import HOLDING, Status
from bookings.domain.public_holidays import holidays_between
from bookings.models import Booking, BookingPolicy, TimeOff
from bookings.selectors import whole_bookings
from bookings.selectors.schedule import blocks_of

# What stands in the agenda: all that holds its time, and who did not come.
SHOWN = (*HOLDING, Status.NO_SHOW.value)
# How far an appointment reaches beyond its start, and its buffer before it: what `booking_longest` allows.
LONGEST, LONGEST_BUFFER = timedelta(hours=12), timedelta(hours=4)


@dataclass(frozen=True)
class WeekOf:
    """All that a professional's week holds. `holidays` have names; they close the weekly openings where
    `closed_on_holidays`. `step`: minutes between starts on offer."""

    bookings: list[Booking]
    openings: Intervals
    times_off: list[TimeOff]
    holidays: Mapping[date, str]
    closed_on_holidays: bool
    step: int


def week_of(professional: Professional, week: Week) -> WeekOf:
    policy = BookingPolicy.objects.filter(professional=professional).first() or BookingPolicy()
    # Two days more: an opening may begin the evening before.
    holidays = holidays_between(
        professional.country,
        policy.holiday_region,
        week.monday - 2 * DAY,
        week.monday + 8 * DAY,
        (get_language() or "").partition("-")[0],
    )
    hours = Hours(
        zone=week.zone,
        blocks=blocks_of(professional.pk, week.begins, week.ends),  # those for some services are openings too
        step=policy.step_minutes,
        first=week.begins,
        last=week.ends,
        holidays=holidays if policy.closed_on_holidays else {},
    )
    return WeekOf(
        bookings=_bookings(professional, week.begins, week.ends),
        openings=hours.open,
        times_off=_times_off(professional, week.begins, week.ends),
        holidays=holidays,
        closed_on_holidays=policy.closed_on_holidays,
        step=policy.step_minutes,
    )


def waiting_for_answer(user: User, now: datetime) -> int:
    """How many appointments of this professional, of any week, can still be answered."""
    return Booking.objects.filter(
        professional__user=user, status=Status.WAITING_FOR_PROFESSIONAL, ends_at__gt=now
    ).count()


def _bookings(professional: Professional, first: datetime, last: datetime) -> list[Booking]:
    """With a buffer in the week, at least. Bounded on `starts_at`, so that the index ends the search."""
    rows = whole_bookings().filter(
        professional=professional,
        status__in=SHOWN,
        starts_at__gt=first - LONGEST,
        starts_at__lt=last + LONGEST_BUFFER,
        blocked_until__gt=first,
        blocked_from__lt=last,
    )
    return list(rows.order_by("starts_at", "id"))


def _times_off(professional: Professional, first: datetime, last: datetime) -> list[TimeOff]:
    rows = TimeOff.objects.filter(professional=professional, ends_at__gt=first, starts_at__lt=last)
    return list(rows.order_by("starts_at"))
