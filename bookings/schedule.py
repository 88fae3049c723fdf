"""Loads a professional's schedule for one service: four queries, whatever the range and the history."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from bookings.lifecycle_table import HOLDING
from bookings.models import AvailabilityBlock, Booking, Service, TimeOff
from bookings.slots import Block, Interval, Rules, Schedule

# The longest a booking with its buffers can reach beyond its start: 480 + 2 * 240 minutes.
LONGEST = timedelta(hours=16)


def load(
    service: Service,
    first: datetime,
    last: datetime,
    *,
    now: datetime | None = None,
    without_booking: object = None,
) -> Schedule:
    """The schedule from `first` until before `last` (UTC). `without_booking` is left out: it wants to move."""
    policy = service.professional.policy
    rules = Rules(
        duration=service.duration_minutes,
        step=policy.step_minutes,
        buffer_before=service.buffer_before_minutes,
        buffer_after=service.buffer_after_minutes,
        minimum_notice=policy.minimum_notice_minutes,
        horizon_days=policy.horizon_days,
    )
    return Schedule(
        zone=service.professional.zone,
        blocks=_blocks(service),
        rules=rules,
        now=now or timezone.now(),
        first=first,
        last=last,
        busy=_busy(service, first, last, without_booking),
        time_off=_time_off(service, first, last),
    )


def _blocks(service: Service) -> list[Block]:
    rows = AvailabilityBlock.objects.filter(professional_id=service.professional_id, is_active=True)
    return [Block(starts=row.starts, ends=row.ends, weekday=row.weekday, date=row.date) for row in rows]


def _busy(service: Service, first: datetime, last: datetime, without: object) -> list[Interval]:
    """Bounded on `starts_at`, so that the index ends the search where the range ends."""
    rows = Booking.objects.filter(
        professional_id=service.professional_id,
        status__in=HOLDING,
        starts_at__gt=first - LONGEST,
        starts_at__lt=last + LONGEST,
    )
    if without is not None:
        rows = rows.exclude(pk=without)
    return list(rows.order_by("starts_at").values_list("blocked_from", "blocked_until"))


def _time_off(service: Service, first: datetime, last: datetime) -> list[Interval]:
    rows = TimeOff.objects.filter(
        professional_id=service.professional_id, ends_at__gt=first, starts_at__lt=last + LONGEST
    )
    return list(rows.values_list("starts_at", "ends_at"))
