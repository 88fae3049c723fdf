"""Loads a professional's schedule: one query, whatever the services, the range and the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import DateField, DateTimeField, Q, UUIDField
from django.utils import timezone

from accounts.models import Professional
from bookings.domain.hours import DAY, Block, Hours
from bookings.domain.intervals import Interval, Intervals
from bookings.domain.lifecycle_table import HOLDING
from bookings.domain.public_holidays import holidays_between
from bookings.domain.slots import Rules, Schedule, Taken
from bookings.models import AvailabilityBlock, Booking, Service, TimeOff
from core.prepared import Param, Prepared, Row, together

# The longest a booking with its buffers can reach beyond its start is 480 + 2 * 240 minutes; a whole local day, to
# count its bookings, has at most 25 hours.
MARGIN = timedelta(hours=26)
# How far ahead a practice writes bookings into its own calendar.
PRACTICE_HORIZON_DAYS = 730


def load(
    service: Service,
    first: datetime,
    last: datetime,
    *,
    now: datetime | None = None,
    without_booking: UUID | None = None,
    by_hand: bool = False,
    identities: Collection[str] = (),
) -> Schedule:
    """The schedule from `first` until before `last` (UTC). `without_booking` is left out: it wants to move.
    `by_hand`: for the practice itself, which minds neither notice nor horizon. `identities` are who asks (blind
    indexes of e-mails), whose own bookings stand in the way too."""
    plans = load_each(
        [service],
        first,
        last,
        now=now,
        without_booking=without_booking,
        by_hand=by_hand,
        identities=identities,
    )
    return plans[0]


def load_each(
    services: Sequence[Service],
    first: datetime,
    last: datetime,
    *,
    now: datetime | None = None,
    without_booking: UUID | None = None,
    by_hand: bool = False,
    identities: Collection[str] = (),
) -> list[Schedule]:
    """A schedule for each service of one professional, in their order: they share what was read and reckoned."""
    if not services:
        return []
    professional = services[0].professional
    asked = _within(professional.pk, first, last)
    blocks, times_off, bookings = together(_BLOCKS, _TIMES_OFF, _BOOKINGS, **asked)
    taken = _taken(
        professional,
        [booking for booking in bookings if booking[0] != without_booking],
        times_off,
        _person_busy(identities, first, last, without_booking),
    )
    hours = _HoursOf(professional, _blocks(blocks), first, last)
    return [
        Schedule(
            hours=hours.of(service),
            all_hours=hours.all,
            rules=_rules(service, by_hand),
            now=now or timezone.now(),
            taken=taken,
        )
        for service in services
    ]


class _HoursOf:
    """The hours of each service of a professional; those with the same blocks have the same hours."""

    def __init__(
        self, professional: Professional, blocks: Sequence[Block], first: datetime, last: datetime
    ) -> None:
        self._professional, self._blocks, self._first, self._last = professional, blocks, first, last
        self._holidays = _holidays(professional, first, last)
        self._made: dict[tuple[Block, ...], Hours] = {}
        self.all = self._made_of(self._blocks)

    def of(self, service: Service) -> Hours:
        return self._made_of(block for block in self._blocks if block.admits(service.pk, service.modality))

    def _made_of(self, blocks: Iterable[Block]) -> Hours:
        used = tuple(blocks)
        if used not in self._made:
            self._made[used] = Hours(
                zone=self._professional.zone,
                blocks=used,
                step=self._professional.policy.step_minutes,
                first=self._first,
                last=self._last,
                holidays=self._holidays,
            )
        return self._made[used]


def _rules(service: Service, by_hand: bool) -> Rules:
    policy = service.professional.policy
    return Rules(
        duration=service.duration_minutes,
        buffer_before=service.buffer_before_minutes,
        buffer_after=service.buffer_after_minutes,
        minimum_notice=0 if by_hand else policy.minimum_notice_minutes,
        horizon_days=PRACTICE_HORIZON_DAYS if by_hand else policy.horizon_days,
    )


def blocks_of(professional_id: UUID, first: datetime, last: datetime) -> list[Block]:
    """The openings that may touch this time."""
    return _blocks(_BLOCKS.rows(**_within(professional_id, first, last)))


def _blocks(rows: Iterable[Row]) -> list[Block]:
    return [
        Block(starts, ends, weekday, on_date, frozenset(services), frozenset(modalities))
        for starts, ends, weekday, on_date, services, modalities in rows
    ]


def _holidays(professional: Professional, first: datetime, last: datetime) -> Collection[date]:
    policy = professional.policy
    if not policy.closed_on_holidays:
        return frozenset()
    return holidays_between(
        professional.country,
        policy.holiday_region,
        (first - 2 * DAY).date(),
        (last + 2 * DAY).date(),
    )


def _taken(
    professional: Professional,
    bookings: Sequence[Row],
    times_off: Iterable[Interval],
    person_busy: Iterable[Interval],
) -> Taken:
    return Taken(
        busy=Intervals(
            (blocked_from, blocked_until) for _id, _start, blocked_from, blocked_until in bookings
        ),
        time_off=Intervals(times_off),
        full_days=_full_days(professional, [start for _id, start, _from, _until in bookings]),
        person_busy=Intervals(person_busy),
    )


def _full_days(professional: Professional, starts: Sequence[datetime]) -> frozenset[date]:
    most = professional.policy.max_bookings_per_day
    if most is None:
        return frozenset()
    numbers = Counter(start.astimezone(professional.zone).date() for start in starts)
    return frozenset(day for day, number in numbers.items() if number >= most)


def _person_busy(
    identities: Collection[str], first: datetime, last: datetime, without: UUID | None
) -> list[Interval]:
    if not identities:
        return []
    rows = Booking.objects.filter(
        patient_identity__in=list(identities),
        status__in=HOLDING,
        starts_at__gt=first - MARGIN,
        starts_at__lt=last + MARGIN,
    )
    if without is not None:
        rows = rows.exclude(pk=without)
    return list(rows.values_list("starts_at", "ends_at"))


# What stands in the database, asked for together.

_OF_THE_PRACTICE = {"professional_id": Param("professional", UUIDField())}

_BLOCKS = Prepared(
    lambda: (
        AvailabilityBlock.objects.filter(
            Q(date__isnull=True)
            | Q(date__range=(Param("first_date", DateField()), Param("last_date", DateField()))),
            **_OF_THE_PRACTICE,
            is_active=True,
        )
        .order_by("weekday", "date", "starts")
        .annotate(only=ArrayAgg("services", filter=Q(services__isnull=False), default=[]))
        .values_list("starts", "ends", "weekday", "date", "only", "modalities")
    )
)
_TIMES_OFF = Prepared(
    lambda: TimeOff.objects.filter(
        **_OF_THE_PRACTICE,
        ends_at__gt=Param("first", DateTimeField()),
        starts_at__lt=Param("margin_after", DateTimeField()),
    ).values_list("starts_at", "ends_at")
)
# Bounded on `starts_at`, so that the index ends the search where the range ends.
_BOOKINGS = Prepared(
    lambda: Booking.objects.filter(
        **_OF_THE_PRACTICE,
        status__in=HOLDING,
        starts_at__gt=Param("margin_before", DateTimeField()),
        starts_at__lt=Param("margin_after", DateTimeField()),
    ).values_list("id", "starts_at", "blocked_from", "blocked_until")
)


def _within(professional_id: UUID, first: datetime, last: datetime) -> dict[str, Any]:
    return {
        "professional": professional_id,
        "first": first,
        "margin_before": first - MARGIN,
        "margin_after": last + MARGIN,
        "first_date": (first - 2 * DAY).date(),
        "last_date": (last + 2 * DAY).date(),
    }
