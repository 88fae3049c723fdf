"""Reads about what the public may book."""

from __future__ import annotations

from django.db.models import CharField, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional
from accounts.selectors import is_public, with_photo
from bookings.models import BookingPolicy, Service
from core.errors import Missing
from core.prepared import Param, Prepared, Row, columns, instance


def offered_services() -> QuerySet[Service]:
    """What the public may book, shortest first: of listed practices that can sign in and have set their rules."""
    return Service.objects.filter(
        is_public("professional__"),
        is_active=True,
        professional__policy__isnull=False,
    ).select_related("professional__policy", "professional__user")


def services_of(professional: Professional) -> QuerySet[Service]:
    return offered_services().filter(professional=professional)


def offer(professional_slug: str) -> list[Service]:
    """What `services_of` finds, with the practice and its rules, but not its user; asked very often."""
    return [_offered(row) for row in _OFFER.rows(slug=professional_slug)]


_OFFER = Prepared(
    lambda: (
        offered_services()
        .filter(professional__slug=Param("slug", CharField()))
        .values_list(
            *columns(Service),
            *columns(Professional, "professional__"),
            *columns(BookingPolicy, "professional__policy__"),
        )
    )
)


def _offered(row: Row) -> Service:
    of_service, of_professional = len(columns(Service)), len(columns(Professional))
    service = instance(Service, row[:of_service])
    service.professional = instance(Professional, row[of_service : of_service + of_professional])
    service.professional.policy = instance(BookingPolicy, row[of_service + of_professional :])
    return service


def active_service(professional_slug: str, service_slug: str) -> Service:
    """A service a visitor may book. Raises Missing."""
    offered = with_photo(offered_services(), "professional__")
    service = offered.filter(slug=service_slug, professional__slug=professional_slug).first()
    if service is None:
        raise Missing(_("This service is not offered."))
    return service
