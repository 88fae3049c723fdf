"""Loads a professional's schedule: three queries, whatever the services, the range and the history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from bookings.lifecycle_table import HOLDING
from bookings.models import AvailabilityBlock, Booking, Service, TimeOff
from bookings.slots import Block, Hours, Interval, Intervals, Rules, Schedule

# The longest a booking with its buffers can reach beyond its start: 480 + 2 * 240 minutes.
LONGEST = timedelta(hours=16)


def load(
    service: Service,
    first: datetime,
    last: datetime,
    *,
    now: datetime | None = None,
    without_booking: UUID | None = None,
) -> Schedule:
    """The schedule from `first` until before `last` (UTC). `without_booking` is left out: it wants to move."""
    return _load([service], first, last, now, without_booking)[0]


def load_each(
    services: Sequence[Service], first: datetime, last: datetime, *, now: datetime | None = None
) -> list[Schedule]:
    """A schedule for each service of one professional, in their order: they share what was read and reckoned."""
    return _load(services, first, last, now, None) if services else []


def _load(
    services: Sequence[Service], first: datetime, last: datetime, now: datetime | None, without: UUID | None
) -> list[Schedule]:
    professional = services[0].professional
    hours = Hours(
        zone=professional.zone,
        blocks=_blocks(professional.pk),
        step=professional.policy.step_minutes,
        first=first,
        last=last,
    )
    busy = Intervals(_busy(professional.pk, first, last, without))
    time_off = Intervals(_time_off(professional.pk, first, last))
    now = now or timezone.now()
    return [
        Schedule(hours=hours, rules=_rules(service), now=now, busy=busy, time_off=time_off)
        for service in services
    ]


def _rules(service: Service) -> Rules:
    policy = service.professional.policy
    return Rules(
        duration=service.duration_minutes,
        buffer_before=service.buffer_before_minutes,
        buffer_after=service.buffer_after_minutes,
        minimum_notice=policy.minimum_notice_minutes,
        horizon_days=policy.horizon_days,
    )


def _blocks(professional_id: UUID) -> list[Block]:
    rows = AvailabilityBlock.objects.filter(professional_id=professional_id, is_active=True)
    return [Block(starts=row.starts, ends=row.ends, weekday=row.weekday, on_date=row.date) for row in rows]


def _busy(professional_id: UUID, first: datetime, last: datetime, without: UUID | None) -> list[Interval]:
    """Bounded on `starts_at`, so that the index ends the search where the range ends."""
    rows = Booking.objects.filter(
        professional_id=professional_id,
        status__in=HOLDING,
        starts_at__gt=first - LONGEST,
        starts_at__lt=last + LONGEST,
    )
    if without is not None:
        rows = rows.exclude(pk=without)
    return list(rows.order_by("starts_at").values_list("blocked_from", "blocked_until"))


def _time_off(professional_id: UUID, first: datetime, last: datetime) -> list[Interval]:
    rows = TimeOff.objects.filter(
        professional_id=professional_id, ends_at__gt=first, starts_at__lt=last + LONGEST
    )
    return list(rows.values_list("starts_at", "ends_at"))
