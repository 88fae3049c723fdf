"""What the public pages say of professionals: a read with a constant number of queries, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from accounts.models import Professional
from accounts.selectors import listed_professionals
from bookings.models import Modality, Service


@dataclass(frozen=True)
class Offer:
    """The services of one professional in a nutshell."""

    modalities: list[Modality]
    from_price: Decimal
    currency: str
    is_free: bool


def professionals_to_show(*, query: str = "", specialty: str = "", city: str = "") -> QuerySet[Professional]:
    """Listed professionals who match, with their active services at hand as `offered`."""
    services = Service.objects.filter(is_active=True)
    return listed_professionals(query=query, specialty=specialty, city=city).prefetch_related(
        Prefetch("services", queryset=services, to_attr="offered")
    )


def offer_of(services: Iterable[Service]) -> Offer | None:
    """None when nothing is offered. The lowest price counts only paid services."""
    offered = list(services)
    if not offered:
        return None
    cheapest = min(
        (service for service in offered if service.price), key=lambda s: s.price, default=offered[0]
    )
    kinds = {service.modality for service in offered}
    return Offer(
        modalities=[modality for modality in Modality if modality in kinds],
        from_price=cheapest.price,
        currency=cheapest.currency,
        is_free=not cheapest.price,
    )
