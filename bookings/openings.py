"""What of a professional can be booked, and when: several services read at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional
from accounts.selectors import listed_professionals, professional_by_slug
from bookings import schedule
from bookings.models import Service
from bookings.selectors import services_of
from core.errors import Missing

DAY = timedelta(days=1)


class Opening(NamedTuple):
    """A free start and the services that fit there."""

    start: datetime
    services: list[Service]


def listed_professional(key: str) -> Professional:
    """By id or by slug, with specialties. Raises Missing."""
    professional_id = _as_uuid(key)
    if professional_id is None:
        return professional_by_slug(key)
    found = listed_professionals().filter(pk=professional_id).first()
    if found is None:
        raise Missing(_("We could not find this professional."))
    return found


def service_of(professional: Professional, key: str) -> Service:
    """An offered service by id or by slug. Raises Missing."""
    return pick(services_of(professional), key)


def pick(services: Iterable[Service], key: str) -> Service:
    """Raises Missing."""
    service_id = _as_uuid(key)
    for service in services:
        if service.pk == service_id or service.slug == key:
            return service
    raise Missing(_("This service is not offered."))


def openings(
    *, services: Sequence[Service], first: date, last: date, zone: ZoneInfo, now: datetime | None = None
) -> list[Opening]:
    """Free starts of one professional's services whose date in `zone` lies within first..last, in order.

    Three queries. Dates that can hold nothing (past, beyond the horizon) are not looked at.
    """
    if not services or not services[0].professional.policy.allow_public_booking:
        return []
    now = now or timezone.now()
    first = max(first, now.date() - DAY)
    last = min(last, now.date() + timedelta(days=services[0].professional.policy.horizon_days + 2))
    if first > last:
        return []
    begin = datetime.combine(first, time(0), zone).astimezone(UTC)
    end = datetime.combine(last + DAY, time(0), zone).astimezone(UTC)
    plans = schedule.load_each(services, begin, end, now=now)
    # There can be very many starts and few combinations of services: bit n stands for the nth service.
    fitting: defaultdict[datetime, int] = defaultdict(int)
    for n, plan in enumerate(plans):
        for start in plan.free():
            fitting[start] |= 1 << n
    combinations = {
        bits: [service for n, service in enumerate(services) if bits >> n & 1]
        for bits in set(fitting.values())
    }
    return [Opening(start, combinations[fitting[start]]) for start in sorted(fitting)]


def _as_uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
