"""Free times, and why a time is not free: what is offered, explained and booked is one decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils import timezone

from accounts.models import Patient, Professional, User
from bookings.domain.slots import Refusal
from bookings.models import Service
from bookings.selectors import schedule

DAY = timedelta(days=1)


class Opening(NamedTuple):
    """A free start and the services that fit there."""

    start: datetime
    services: list[Service]


def identities_of(user: User | None) -> list[str]:
    """Who an account is across practices: the blind indexes of its verified e-mails. Nobody's for a guest."""
    if user is None:
        return []
    verified = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return [Patient.index_of_email(email) for email in verified]


def door(professional: Professional, asker: User | None) -> Refusal | None:
    """Why this person may book nothing at all here; None when the door is open. `policy` must be loaded.

    Where only patients may book, they need their account: a guest could else try out whose patient somebody is.
    """
    policy = professional.policy
    if not policy.allow_public_booking:
        return Refusal.BOOKING_CLOSED
    if policy.patients_only and not _is_patient_of(professional, asker):
        return Refusal.PATIENTS_ONLY
    return None


def _is_patient_of(professional: Professional, asker: User | None) -> bool:
    if asker is None:
        return False
    own = Q(user=asker) | Q(email_index__in=identities_of(asker))
    return Patient.objects.filter(own, professional=professional, merged_into=None, erased_at=None).exists()


def openings(
    *,
    services: Sequence[Service],
    first: date,
    last: date,
    zone: ZoneInfo,
    now: datetime | None = None,
    asker: User | None = None,
) -> list[Opening]:
    """Free starts of one professional's services whose date in `zone` lies within first..last, in order.

    One query, some more for an account (`asker`), which is not shown what its own appointments elsewhere
    forbid. Dates that can hold nothing (past, beyond the horizon) are not looked at.
    """
    if not services or door(services[0].professional, asker):
        return []
    now = now or timezone.now()
    first = max(first, now.date() - DAY)
    last = min(last, now.date() + timedelta(days=services[0].professional.policy.horizon_days + 2))
    if first > last:
        return []
    begin, end = _edges(first, last, zone)
    plans = schedule.load_each(services, begin, end, now=now, identities=identities_of(asker))
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


def free_slots(
    *,
    service: Service,
    first: date,
    last: date,
    zone: ZoneInfo,
    now: datetime | None = None,
    asker: User | None = None,
) -> list[datetime]:
    """Free starts (UTC) whose local date in `zone` lies within first..last. Queries as for `openings`."""
    found = openings(services=[service], first=first, last=last, zone=zone, now=now, asker=asker)
    return [opening.start for opening in found]


def next_free_slots(
    *,
    service: Service,
    count: int = 3,
    after: datetime | None = None,
    now: datetime | None = None,
    asker: User | None = None,
    by_hand: bool = False,
    moving: UUID | None = None,
) -> list[datetime]:
    """The next free starts (UTC) within the horizon, at most `count`; `by_hand`: those of the practice itself, of
    the next two months. `moving`: for this booking, which leaves its own time and is inside the door already.
    Queries as for `openings`, however far away they are."""
    if not by_hand and not moving and door(service.professional, asker):
        return []
    now = now or timezone.now()
    begin = max(after or now, now)
    policy = service.professional.policy
    end = begin + 62 * DAY if by_hand else now + timedelta(days=policy.horizon_days, minutes=1)
    plan = schedule.load(
        service,
        begin,
        end,
        now=now,
        without_booking=moving,
        by_hand=by_hand,
        identities=identities_of(asker),
    )
    return list(islice(plan.free(), count))


def practice_slots(
    *, service: Service, first: date, last: date, zone: ZoneInfo, without_booking: UUID | None = None
) -> list[datetime]:
    """Free starts (UTC) for the practice itself, which minds neither notice nor horizon. One query.

    `without_booking` is left out of what is taken: it wants to move.
    """
    begin, end = _edges(first, last, zone)
    plan = schedule.load(service, begin, end, by_hand=True, without_booking=without_booking)
    return list(plan.free())


def why_not(
    *, service: Service, start: datetime, asker: User | None = None, now: datetime | None = None
) -> list[Refusal]:
    """Every rule that forbids this person to book this start (UTC); none exactly when `openings` offers it and
    `book` takes it. For a guest, whose e-mail is not known yet, without their appointments elsewhere."""
    closed = door(service.professional, asker)
    end = start + timedelta(minutes=service.duration_minutes)
    plan = schedule.load(service, start, end, now=now, identities=identities_of(asker))
    return [closed, *plan.refusals(start)] if closed else plan.refusals(start)


def _edges(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the beginning of the first date until the end of the last, in UTC."""
    begin = datetime.combine(first, time(0), zone).astimezone(UTC)
    return begin, datetime.combine(last + DAY, time(0), zone).astimezone(UTC)
