"""What the start page says of professionals: a constant number of queries, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from accounts.models import Professional
from accounts.selectors import listed_professionals
from bookings.domain.slots import Refusal
from bookings.models import Modality, Service
from bookings.selectors import door, offered_services


@dataclass(frozen=True)
class Offer:
    """The services of one professional in a nutshell; the lowest price is that of the paid ones. `closed`: why a
    guest books none of them, if so."""

    modalities: list[Modality]
    from_price: Decimal
    currency: str
    closed: Refusal | None

    @property
    def is_free(self) -> bool:
        return not self.from_price


@dataclass(frozen=True)
class Entry:
    """A professional as found; no offer where nothing can be booked."""

    professional: Professional
    offer: Offer | None


def find_professionals(*, query: str = "", specialty: str = "", city: str = "", limit: int) -> list[Entry]:
    """Listed professionals who match, with what they offer."""
    offered = Prefetch("services", queryset=offered_services())
    found = listed_professionals(query=query, specialty=specialty, city=city).prefetch_related(offered)
    return [Entry(professional, offer_of(professional.services.all())) for professional in found[:limit]]


def offer_of(services: Iterable[Service]) -> Offer | None:
    offered = list(services)
    if not offered:
        return None
    paid = [service for service in offered if service.price]
    cheapest = min(paid or offered, key=lambda service: service.price)
    kinds = {service.modality for service in offered}
    return Offer(
        modalities=[modality for modality in Modality if modality in kinds],
        from_price=cheapest.price,
        currency=cheapest.currency,
        closed=door(cheapest.professional, None),
    )
