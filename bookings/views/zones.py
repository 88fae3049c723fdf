"""In which zone a page shows its times, and which zones it offers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models import Modality
from core.errors import Refused
from core.middleware import known_zone

COOKIE = "tz"
COOKIE_AGE = 365 * 24 * 3600

# Where most visitors are; every other zone of the database is accepted too.
OFFERED = (
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Caracas",
    "America/Chicago",
    "America/Guatemala",
    "America/La_Paz",
    "America/Lima",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/Montevideo",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "Atlantic/Canary",
    "Europe/London",
    "Europe/Madrid",
)


def use_zone(request: HttpRequest, *, otherwise: ZoneInfo) -> ZoneInfo:
    """Shows this page's times in the zone that was asked for, else the visitor's, else `otherwise`. Raises Refused."""
    asked = request.GET.get("tz")
    zone = known_zone(asked) if asked else getattr(request, "visitor_zone", None)
    if asked and zone is None:
        raise Refused(_("Unknown time zone."), code="unknown_zone", attr="tz")
    chosen = zone or otherwise
    timezone.activate(chosen)
    return chosen


def zone_of(request: HttpRequest, *, practice: ZoneInfo, modality: str) -> ZoneInfo:
    """A visit has a place: its times are the practice's, whoever asks from wherever. Of all else everybody reads
    their own. Raises Refused as `use_zone`."""
    if modality == Modality.IN_PERSON:
        timezone.activate(practice)
        return practice
    return use_zone(request, otherwise=practice)


def remember_zone(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keeps a zone that the visitor chose by hand."""
    if "tz" in request.GET:
        response.set_cookie(
            COOKIE, request.GET["tz"], max_age=COOKIE_AGE, samesite="Lax", secure=settings.HTTPS
        )
    return response


def offered_zones(*zones: ZoneInfo) -> list[str]:
    return sorted({*OFFERED, *(zone.key for zone in zones)})
