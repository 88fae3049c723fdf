"""Which services are asked for most."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, F, Sum

from accounts.models import Professional
from bookings.domain.occupancy import MINUTE
from bookings.domain.periods import Period
from bookings.models import Service
from bookings.selectors.statistics.appointments import TAKEN, bookings_in, of

MOST = 10


class ServiceFigures(NamedTuple):
    id: UUID
    name: str
    professional: str
    number: int
    minutes: int


def top_services(period: Period, professional: Professional | None) -> list[ServiceFigures]:
    """By appointments that take or took their time, `MOST` at most."""
    taken = bookings_in(period, professional).filter(status__in=TAKEN).order_by()
    groups = taken.values("service_id", "service__name", "professional__name")
    counted = groups.annotate(number=Count("pk"), length=Sum(F("ends_at") - F("starts_at")))
    rows = counted.order_by("-number", "service__name", "service_id").values_list(
        "service_id", "service__name", "professional__name", "number", "length"
    )[:MOST]
    return [
        ServiceFigures(pk, name, professional_name, number, length // MINUTE)
        for pk, name, professional_name, number, length in rows
    ]


def services_offered(professional: Professional | None) -> int:
    """How many can be booked now."""
    offered = Service.objects.filter(of(professional), is_active=True, professional__user__is_active=True)
    return offered.filter(professional__approved_at__isnull=False).count()
