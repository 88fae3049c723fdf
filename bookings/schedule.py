"""Loads a professional's schedule: three queries, whatever the services, the range and the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from bookings.lifecycle_table import HOLDING
from bookings.models import AvailabilityBlock, Booking, Service, TimeOff
from bookings.slots import Block, Interval, Rules, Schedule

# The longest a booking with its buffers can reach beyond its start: 480 + 2 * 240 minutes.
LONGEST = timedelta(hours=16)


@dataclass(frozen=True)
class _Rows:
    """What all services of a professional share."""

    blocks: list[Block]
    busy: list[Interval]
    time_off: list[Interval]


def load(
    service: Service,
    first: datetime,
    last: datetime,
    *,
    now: datetime | None = None,
    without_booking: UUID | None = None,
) -> Schedule:
    """The schedule from `first` until before `last` (UTC). `without_booking` is left out: it wants to move."""
    rows = _rows(service.professional_id, first, last, without_booking)
    return _schedule(service, rows, first, last, now or timezone.now())


def load_each(
    services: Sequence[Service], first: datetime, last: datetime, *, now: datetime | None = None
) -> list[Schedule]:
    """A schedule for each service of one professional, in their order, from the same three queries."""
    if not services:
        return []
    now = now or timezone.now()
    rows = _rows(services[0].professional_id, first, last, None)
    return [_schedule(service, rows, first, last, now) for service in services]


def _schedule(service: Service, rows: _Rows, first: datetime, last: datetime, now: datetime) -> Schedule:
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
        blocks=rows.blocks,
        rules=rules,
        now=now,
        first=first,
        last=last,
        busy=rows.busy,
        time_off=rows.time_off,
    )


def _rows(professional_id: UUID, first: datetime, last: datetime, without: UUID | None) -> _Rows:
    return _Rows(
        blocks=_blocks(professional_id),
        busy=_busy(professional_id, first, last, without),
        time_off=_time_off(professional_id, first, last),
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
