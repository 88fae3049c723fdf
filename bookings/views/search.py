"""Looking for free times as pages do: a month of them, and the next day that has some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import User
from bookings import selectors
from bookings.models import Booking, Service
from bookings.selectors import schedule
from bookings.services.taking import as_booked

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Search:
    """The free times of a service for a new booking of `asker`, on the dates of `zone`."""

    service: Service
    zone: ZoneInfo
    asker: User | None = None

    def within(self, first: date, last: date) -> list[datetime]:
        """Free starts (UTC) from the first date until the last, both included."""
        return selectors.free_slots(
            service=self.service, first=first, last=last, zone=self.zone, asker=self.asker
        )

    def next_day(self, after: date | None = None) -> date | None:
        """The next day with a free time, from now or after a date; None: there is none within the horizon."""
        found = self._next(self._midnight(after + DAY) if after else None)
        return timezone.localdate(found, timezone=self.zone) if found else None

    def _next(self, after: datetime | None) -> datetime | None:
        found = selectors.next_free_slots(service=self.service, count=1, after=after, asker=self.asker)
        return found[0] if found else None

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(0), self.zone).astimezone(UTC)


@dataclass(frozen=True)
class MoveSearch(Search):
    """The times to which its patient may move a booking: of its own length, and in no way of itself. The practice
    knows its patient, so that the door is open."""

    booking: Booking = field(kw_only=True)

    @classmethod
    def of(cls, booking: Booking, zone: ZoneInfo, asker: User | None) -> MoveSearch:
        return cls(as_booked(booking), zone, asker, booking=booking)

    def within(self, first: date, last: date) -> list[datetime]:
        begin, horizon = self._midnight(first), _horizon(self.service, timezone.now())
        return list(self._free(begin, min(self._midnight(last + DAY), horizon))) if begin < horizon else []

    def _next(self, after: datetime | None) -> datetime | None:
        now = timezone.now()
        return next(self._free(max(after or now, now), _horizon(self.service, now)), None)

    def _free(self, first: datetime, last: datetime) -> Iterator[datetime]:
        identities = selectors.identities_of(self.asker)
        plan = schedule.load(
            self.service, first, last, without_booking=self.booking.pk, identities=identities
        )
        return (start for start in plan.free() if start != self.booking.starts_at)


def soonest_of(services: Sequence[Service], *, asker: User | None = None) -> dict[UUID, datetime]:
    """The next free start (UTC) of each service of one professional, where it has one: all in one look."""
    if not services or selectors.door(services[0].professional, asker):
        return {}
    now = timezone.now()
    until = _horizon(services[0], now)
    plans = schedule.load_each(services, now, until, now=now, identities=selectors.identities_of(asker))
    soonest = ((service.pk, next(plan.free(), None)) for service, plan in zip(services, plans, strict=True))
    return {pk: start for pk, start in soonest if start is not None}


def _horizon(service: Service, now: datetime) -> datetime:
    return now + timedelta(days=service.professional.policy.horizon_days, minutes=1)
