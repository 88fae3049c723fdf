"""Reads: whom a visitor can find."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional, Specialty
from core.errors import Missing

# What a person types into a search box; more than this is noise.
MAX_QUERY_LENGTH = 100
MAX_QUERY_WORDS = 6


def listed_professionals(*, query: str = "", specialty: str = "", city: str = "") -> QuerySet[Professional]:
    """Professionals a visitor can find, by name. Each word of `query` is in the name, the city or a specialty,
    whatever its accents and case; `specialty` is a slug."""
    found = _listed().prefetch_related("specialties")
    for word in _words(query):
        found = found.filter(
            Q(name__unaccent__icontains=word)
            | Q(city__unaccent__icontains=word)
            | Exists(_specialty_of_professional().filter(_named_like(word)))
        )
    if specialty:
        found = found.filter(Exists(_specialty_of_professional().filter(slug=_clean(specialty))))
    if city:
        found = found.filter(city__unaccent__iexact=_clean(city))
    return found.order_by("name", "id")


def professional_by_slug(slug: str) -> Professional:
    """A professional with specialties and user, as anybody may see them. Raises Missing."""
    found = _listed().filter(slug=_clean(slug)).prefetch_related("specialties").first()
    if found is None:
        raise Missing(_("We could not find this professional."))
    return found


def listed_cities() -> list[str]:
    """Cities with somebody to find, for the search form."""
    cities = _listed().exclude(city="").order_by(Lower("city")).values_list("city", flat=True)
    return list(dict.fromkeys(cities))


def listed_specialties() -> QuerySet[Specialty]:
    """Specialties with somebody to find, by their name in the active language."""
    name = "name_en" if (get_language() or "").startswith("en") else "name_es"
    somebody = _listed().filter(specialties=OuterRef("pk"))
    return Specialty.objects.filter(Exists(somebody)).order_by(Lower(name))


def _listed() -> QuerySet[Professional]:
    return Professional.objects.filter(is_listed=True, user__is_active=True).select_related("user")


def _specialty_of_professional() -> QuerySet[Specialty]:
    return Specialty.objects.filter(professionals=OuterRef("pk"))


def _named_like(word: str) -> Q:
    return Q(name_es__unaccent__icontains=word) | Q(name_en__unaccent__icontains=word)


def _words(query: str) -> list[str]:
    return _clean(query)[:MAX_QUERY_LENGTH].split()[:MAX_QUERY_WORDS]


def _clean(text: str) -> str:
    """PostgreSQL holds no NUL."""
    return text.replace("\x00", "").strip()
