"""Reads about a practice's own hours: openings, time off and the appointments inside, public holidays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from accounts.models import Professional
from bookings.domain.days_off import whole_days
from bookings.domain.hours import DAY
from bookings.domain.lifecycle_table import HOLDING, Status
from bookings.domain.public_holidays import holidays_between, is_known, regions_of
from bookings.models import AvailabilityBlock, Booking, TimeOff
from bookings.selectors import whole_bookings
from bookings.selectors.catalog import policy_of
from bookings.selectors.opening_week import Day, week
from core.errors import Missing

YEAR = 365 * DAY
# The longest that a booking lasts: bounds a search by its start.
LONGEST_BOOKING = timedelta(hours=8)
STILL_TO_COME = [status for status in HOLDING if status != Status.COMPLETED]


def blocks_of(professional: Professional) -> QuerySet[AvailabilityBlock]:
    """Weekly ones by weekday, then those on a date, with the services they are for: two queries."""
    rows = AvailabilityBlock.objects.filter(professional=professional).select_related("professional")
    return rows.prefetch_related("services").order_by("weekday", "date", "starts", "id")


def block_of(professional: Professional, block_id: UUID) -> AvailabilityBlock:
    """Raises Missing."""
    block = blocks_of(professional).filter(pk=block_id).first()
    if block is None:
        raise Missing
    return block


def times_off_of(professional: Professional) -> QuerySet[TimeOff]:
    """The earliest first."""
    rows = TimeOff.objects.filter(professional=professional).select_related("professional")
    return rows.order_by("starts_at", "id")


def time_off_of(professional: Professional, time_off_id: UUID) -> TimeOff:
    """Raises Missing."""
    off = times_off_of(professional).filter(pk=time_off_id).first()
    if off is None:
        raise Missing
    return off


def bookings_inside(times_off: Sequence[TimeOff]) -> dict[UUID, list[Booking]]:
    """By time off of one professional, the appointments that lie in it although they are still to come, the earliest
    first. One query."""
    inside: dict[UUID, list[Booking]] = {off.pk: [] for off in times_off}
    if not times_off:
        return inside
    within = Q()
    for off in times_off:
        within |= Q(
            starts_at__gt=off.starts_at - LONGEST_BOOKING,
            starts_at__lt=off.ends_at,
            ends_at__gt=off.starts_at,
        )
    bookings = whole_bookings().filter(
        within, professional_id=times_off[0].professional_id, status__in=STILL_TO_COME
    )
    for booking in bookings.order_by("starts_at", "id"):
        for off in times_off:
            if booking.starts_at < off.ends_at and booking.ends_at > off.starts_at:
                inside[off.pk].append(booking)
    return inside


class Holiday(NamedTuple):
    date: date
    name: str


class Holidays(NamedTuple):
    """The public holidays of the next twelve months, and whether they close the weekly hours.

    `is_known`: there is a calendar for the country; `regions` have holidays of their own.
    """

    country: str
    is_known: bool
    region: str
    regions: list[tuple[str, str]]
    closed: bool
    coming: list[Holiday]


def holidays_of(professional: Professional) -> Holidays:
    """Names in the reader's language where the calendar has them. One query."""
    policy = policy_of(professional)
    today = timezone.localdate(timezone=professional.zone)
    return Holidays(
        country=professional.country,
        is_known=is_known(professional.country),
        region=policy.holiday_region,
        regions=regions_of(professional.country),
        closed=policy.closed_on_holidays,
        coming=holidays_in(professional, policy.holiday_region, today, today + YEAR),
    )


def holidays_in(professional: Professional, region: str, first: date, last: date) -> list[Holiday]:
    """From `first` to `last`, both included, in the reader's language."""
    language = (get_language() or "").partition("-")[0]
    found = holidays_between(professional.country, region, first, last, language)
    return [Holiday(day, name) for day, name in found.items()]


def week_of(professional: Professional, monday: date) -> list[Day]:
    """The week of a practice as it follows from all its rules. Four queries."""
    zone = professional.zone
    begins, ends = whole_days(monday, monday + 6 * DAY, zone)
    policy = policy_of(professional)
    in_week = Q(date__isnull=True) | Q(date__range=(monday, monday + 6 * DAY))
    found = holidays_in(professional, policy.holiday_region, monday, monday + 6 * DAY)
    return week(
        monday,
        blocks=list(blocks_of(professional).filter(in_week, is_active=True)),
        times_off=list(times_off_of(professional).filter(starts_at__lt=ends, ends_at__gt=begins)),
        holidays=dict(found),
        closed_on_holidays=policy.closed_on_holidays,
        zone=zone,
    )
