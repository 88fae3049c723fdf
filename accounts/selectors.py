"""Reads: whom a visitor can find, and a practice's own patients."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient, Professional, ProfessionalPhoto, Role, Specialty, User
from accounts.names import digits, folded
from accounts.phones import indexes_of
from core import audit
from core.errors import Missing

# What a person types into a search box; more than this is noise.
MAX_QUERY_LENGTH = 100
MAX_QUERY_WORDS = 6
# Fewer figures than these are in almost every number.
FEWEST_DIGITS = 3
# A whole family, or everybody whom a front desk entered with its own number, may share a phone.
MOST_ALIKE = 20

_Row = TypeVar("_Row", bound=Model)


def is_public(path: str = "") -> Q:
    """Whom a visitor may find and book: approved, listed, and able to sign in. `path` leads to the professional,
    such as "professional__"."""
    rules = {"approved_at__isnull": False, "is_listed": True, "user__is_active": True}
    return Q(**{path + rule: value for rule, value in rules.items()})


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


def patients_of(professional: Professional) -> QuerySet[Patient]:
    """The practice's patients, ready to be opened; whoever was merged into another, or erased, is none any more."""
    theirs = Patient.objects.filter(professional=professional, merged_into=None, erased_at=None)
    return theirs.select_related("data_key")


def patient_of(professional: Professional, patient_id: UUID) -> Patient:
    """Raises Missing for another practice's, as for what is not there."""
    whole = patients_of(professional).select_related("user", "professional")
    patient = whole.filter(pk=patient_id).first()
    if patient is None:
        raise Missing(_("We could not find this patient."))
    return patient


def search_patients(professional: Professional, text: str, limit: int | None = None) -> list[Patient]:
    """The practice's patients by name; all of them when `text` says nothing. Notes are read only when asked for.

    A whole e-mail or phone number is found by its blind index. Else what is typed is a part of the e-mail or of
    the phone number, or each of its words is in the name, whatever accents and case. Nothing of a name is
    indexed: this opens the whole practice in memory, with one query (5,000 patients: 0.3 s of a processor).
    """
    wanted = _clean(text)[:MAX_QUERY_LENGTH]
    patients = patients_of(professional).defer("notes")
    with audit.unseen():
        if not wanted:
            return _by_name(patients)[:limit]
        return _by_name(
            _by_blind_index(patients, wanted, professional.country) or filter(_matcher(wanted), patients)
        )[:limit]


def possible_duplicates(patient: Patient, *, by_name: bool = False) -> list[Patient]:
    """Others of the practice with the same e-mail or the same phone, MOST_ALIKE at most; `by_name` also those with
    the same name but for case and accents, who come first.

    E-mail and phone are one query by blind index. A name opens the whole practice in memory, as a search does.
    """
    others = (
        patients_of(patient.professional).exclude(pk=patient.pk).defer("notes").order_by("created_at", "pk")
    )
    with audit.unseen():
        namesakes = _namesakes(patient.name, others) if by_name else []
        same_contact = _by_name(_with_contact_of(patient, others)[:MOST_ALIKE])
    return list(dict.fromkeys([*namesakes, *same_contact]))[:MOST_ALIKE]


def _with_contact_of(patient: Patient, others: QuerySet[Patient]) -> QuerySet[Patient]:
    held = {name: getattr(patient, name) for name in ("email_index", "phone_index") if getattr(patient, name)}
    return others.filter(Q(**held, _connector=Q.OR)) if held else others.none()


def _namesakes(name: str, others: Iterable[Patient]) -> list[Patient]:
    wanted = folded(name)
    return [other for other in others if folded(other.name) == wanted] if wanted else []


def _by_blind_index(patients: QuerySet[Patient], text: str, country: str) -> list[Patient]:
    if "@" in text:
        return list(patients.filter(email_index=Patient.index_of_email(text)))
    if len(digits(text)) <= FEWEST_DIGITS:
        return []
    return list(patients.filter(phone_index__in=indexes_of(text, [country])))


def _matcher(text: str) -> Callable[[Patient], bool]:
    """Whether somebody is meant by what was typed."""
    wanted, words = folded(text), folded(text).split()
    number = "" if any(map(str.isalpha, text)) else digits(text)

    def is_meant(patient: Patient) -> bool:
        name = folded(patient.name)
        if all(word in name for word in words) or wanted in patient.email.casefold():
            return True
        return len(number) >= FEWEST_DIGITS and number in digits(patient.phone)

    return is_meant


def _by_name(patients: Iterable[Patient]) -> list[Patient]:
    return sorted(patients, key=lambda patient: (folded(patient.name), patient.created_at, patient.pk))


def email_index_fits() -> bool:
    """Whether some patient is found by the index that we would make of their e-mail; true when there is none."""
    indexed = Patient.objects.exclude(email_index="").filter(
        data_key__isnull=False, data_key__destroyed_at=None
    )
    patients = indexed.select_related("data_key")[:1]
    return all(Patient.index_of_email(patient.email) == patient.email_index for patient in patients)


def with_photo(rows: QuerySet[_Row], path: str = "") -> QuerySet[_Row]:
    """With what `Professional.photo_url` asks for, and never the picture itself. `path` leads to the professional,
    such as "professional__"."""
    return rows.select_related(f"{path}photo").defer(f"{path}photo__content")


def own_practice(user: User) -> Professional | None:
    """What this professional says about the practice; None for everybody else."""
    mine = with_photo(Professional.objects.filter(user=user, user__role=Role.PROFESSIONAL))
    return mine.select_related("user").prefetch_related("specialties").first()


def photo_content(*, slug: str, digest: str) -> bytes | None:
    """The picture at this address; None when it is not the one any more, or nobody works there any more."""
    found = ProfessionalPhoto.objects.filter(
        professional__slug=slug, professional__user__is_active=True, digest=digest
    )
    content = found.values_list("content", flat=True).first()
    return bytes(content) if content is not None else None


def _listed() -> QuerySet[Professional]:
    return with_photo(Professional.objects.filter(is_public()).select_related("user"))


def _specialty_of_professional() -> QuerySet[Specialty]:
    return Specialty.objects.filter(professionals=OuterRef("pk"))


def _named_like(word: str) -> Q:
    return Q(name_es__unaccent__icontains=word) | Q(name_en__unaccent__icontains=word)


def _words(query: str) -> list[str]:
    return _clean(query)[:MAX_QUERY_LENGTH].split()[:MAX_QUERY_WORDS]


def _clean(text: str) -> str:
    """PostgreSQL holds no NUL."""
    return text.replace("\x00", "").strip()
