"""What the API names by id or by slug."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Professional
from accounts.selectors import listed_professionals, professional_by_slug
from bookings.models import Service
from bookings.selectors import offer, offered_services, services_of
from core.errors import Missing


def listed_professional(key: str) -> Professional:
    """By id or by slug, with specialties. Raises Missing."""
    professional_id = _as_uuid(key)
    if professional_id is None:
        return professional_by_slug(key)
    found = listed_professionals().filter(pk=professional_id).first()
    if found is None:
        raise Missing(_("We could not find this professional."))
    return found


def any_professional(key: str) -> Professional:
    """By id or by slug, whether listed or not: for staff. Raises Missing."""
    professional_id = _as_uuid(key)
    wanted = {"pk": professional_id} if professional_id else {"slug": key.replace("\x00", "")}
    found = Professional.objects.filter(**wanted).select_related("user").first()
    if found is None:
        raise Missing(_("We could not find this professional."))
    return found


def offer_of(key: str) -> tuple[Professional, list[Service]]:
    """A professional, by id or by slug, and what they offer: one query where that is something. Raises Missing."""
    professional_id = _as_uuid(key)
    services = (
        list(offered_services().filter(professional=professional_id)) if professional_id else offer(key)
    )
    return services[0].professional if services else listed_professional(key), services


def service_of(professional: Professional, key: str) -> Service:
    """An offered service by id or by slug. Raises Missing."""
    return pick(services_of(professional), key)


def pick(services: Iterable[Service], key: str) -> Service:
    """By id, else by slug. Raises Missing."""
    service_id, known = _as_uuid(key), list(services)
    for service in known:
        if service.pk == service_id:
            return service
    for service in known:
        if service.slug == key:
            return service
    raise Missing(_("This service is not offered."))


def _as_uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None
