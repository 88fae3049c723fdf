"""What a practice reads of its own offer and its own rules."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Professional
from bookings.models import BookingPolicy, Plan, Service
from core.errors import Missing
from payments.ways import is_taken


def own_services(professional: Professional) -> QuerySet[Service]:
    """What is offered first, then what is not any more; each by length and name."""
    mine = Service.objects.filter(professional=professional).select_related("professional")
    return mine.order_by("-is_active", "duration_minutes", "name", "id")


def own_service(professional: Professional, service_id: UUID) -> Service:
    """Raises Missing."""
    service = own_services(professional).filter(pk=service_id).first()
    if service is None:
        raise Missing
    return service


def policy_of(professional: Professional) -> BookingPolicy:
    """The practice's rules; while nobody has set them, the usual ones, not yet stored."""
    found = BookingPolicy.objects.filter(professional=professional).first()
    return found or BookingPolicy(professional=professional)


def currencies_not_taken(policy: BookingPolicy) -> list[str]:
    """Those of what the practice sells now that none of its ways to pay takes: nobody can pay that online."""
    services = Service.objects.filter(professional=policy.professional_id, is_active=True, price__gt=0)
    plans = Plan.objects.filter(professional=policy.professional_id, is_offered=True)
    asked = services.order_by().values_list("currency").union(plans.order_by().values_list("currency"))
    return sorted(currency for (currency,) in asked if not is_taken(currency, policy.gateways))
