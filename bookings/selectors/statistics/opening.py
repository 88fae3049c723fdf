"""The time that practices offer: weekly hours and those of one date, less holidays and time off. Three queries.

Hours have no history: past weeks are reckoned with those that hold now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Least

from accounts.models import Professional
from bookings.domain.hours import DAY, Block, Hours
from bookings.domain.intervals import Interval, Intervals
from bookings.domain.occupancy import minutes_between, without
from bookings.domain.periods import Period
from bookings.domain.public_holidays import holidays_between
from bookings.models import AvailabilityBlock, Booking, BookingPolicy, TimeOff
from bookings.selectors.statistics.appointments import of


def practices(professional: Professional | None) -> list[Professional]:
    """By name, with their rules, and since when (`here_since`) they can have been open: since they joined, or since
    the first of their appointments where that was earlier."""
    first = Booking.objects.filter(professional=OuterRef("pk")).order_by("starts_at").values("starts_at")[:1]
    found = Professional.objects.filter(of(professional, "pk")).select_related("user", "policy")
    return list(found.annotate(here_since=Least(F("created_at"), Subquery(first))))


def open_minutes_by_week(period: Period, among: Sequence[Professional]) -> Mapping[UUID, list[int]]:
    """Minutes offered in each week of the period by each of these (as `practices` gives them) who can be booked."""
    open_ones = [one for one in among if one.user.is_active and one.approved_at is not None]
    blocks, times_off = _blocks(period, open_ones), _times_off(period, open_ones)
    edges = period.edges()
    return {
        one.pk: minutes_between(edges, without(_hours(period, one, blocks[one.pk]), times_off[one.pk]))
        for one in open_ones
    }


def _hours(period: Period, practice: Professional, blocks: Sequence[Block]) -> Intervals:
    since: datetime = max(period.begins, practice.here_since)  # type: ignore[attr-defined]
    if since >= period.ends or not blocks:
        return Intervals()
    policy = getattr(practice, "policy", None) or BookingPolicy()
    closed = policy.closed_on_holidays
    hours = Hours(
        zone=practice.zone,
        blocks=blocks,
        step=policy.step_minutes,
        first=since,
        last=period.ends,
        holidays=_holidays(practice, policy.holiday_region, period) if closed else (),
    )
    before = Intervals([(since - 3 * DAY, since)])  # the hours reach a day or so beyond what is asked for
    return Intervals(without(hours.open, before))


def _holidays(practice: Professional, region: str, period: Period) -> Collection[date]:
    first, last = period.first - 2 * DAY, period.last + 2 * DAY
    return holidays_between(practice.country, region, first, last)


def _blocks(period: Period, among: Sequence[Professional]) -> Mapping[UUID, list[Block]]:
    dates = Q(date=None) | Q(date__range=(period.first - 2 * DAY, period.last + 2 * DAY))
    rows = AvailabilityBlock.objects.filter(dates, professional__in=among, is_active=True)
    found: defaultdict[UUID, list[Block]] = defaultdict(list)
    values = rows.values_list("professional_id", "starts", "ends", "weekday", "date")
    for pk, starts, ends, weekday, on_date in values:
        found[pk].append(Block(starts, ends, weekday, on_date))
    return found


def _times_off(period: Period, among: Sequence[Professional]) -> Mapping[UUID, Intervals]:
    rows = TimeOff.objects.filter(
        professional__in=among, ends_at__gt=period.begins, starts_at__lt=period.ends
    )
    found: defaultdict[UUID, list[Interval]] = defaultdict(list)
    for pk, starts_at, ends_at in rows.values_list("professional_id", "starts_at", "ends_at"):
        found[pk].append((starts_at, ends_at))
    return defaultdict(Intervals, {pk: Intervals(intervals) for pk, intervals in found.items()})
