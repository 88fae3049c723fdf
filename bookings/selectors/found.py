"""What staff mean by what they type: across practices by reference, whole e-mail, whole phone or professional; by a
patient's name within one practice alone, which is opened in memory (nothing of a name is indexed)."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q

from accounts import phones
from accounts.models import Patient, Professional, User
from accounts.names import digits
from accounts.selectors import search_patients
from bookings.models import Booking, Membership
from core import audit

MOST_TYPED = 100
# Shorter numbers are parts of references, or of nothing.
FEWEST_DIGITS = 6
# So many subjects of payments can be meant by a few words.
MOST_FOUND = 500


def cleaned(words: str) -> str:
    """PostgreSQL holds no NUL."""
    return words.replace("\x00", "").strip()[:MOST_TYPED]


def contact_of(words: str, practice: Professional | None = None, *, phone: bool = True) -> Q | None:
    """Rows with the blind index of this whole e-mail or phone; None for words that are neither. A phone without its
    country's code is one of the practice's country, or of any country where there are practices."""
    if "@" in words:
        return Q(email_index=Patient.index_of_email(words))
    if phone and len(digits(words)) >= FEWEST_DIGITS and not any(map(str.isalpha, words)):
        return Q(phone_index__in=phones.indexes_of(words, _countries(practice)))
    return None


def _countries(practice: Professional | None) -> Collection[str]:
    if practice is not None:
        return [practice.country]
    return list(Professional.objects.order_by().values_list("country", flat=True).distinct())


def patients_meant(words: str, practice: Professional | None) -> Q:
    """Records; those by name only where the practice is chosen."""
    contact = contact_of(words, practice)
    if contact is not None:
        return contact
    return Q(pk__in=_named(words, practice)) if practice else Q(pk__in=[])


def bookings_meant(words: str, practice: Professional | None = None) -> Q:
    contact = contact_of(words, practice)
    if contact is not None:
        return Q(patient_id__in=_ids(contact))
    meant = Q(reference__startswith=words.upper()) | Q(professional_id__in=professionals_named(words))
    return meant | Q(patient_id__in=_named(words, practice)) if practice else meant


def professionals_named(words: str) -> list[UUID]:
    found = Professional.objects.filter(name__unaccent__icontains=words)
    return list(found.values_list("pk", flat=True))


def booking_ids_meant(words: str) -> list[UUID]:
    """The latest of them, for lists of what was paid for them."""
    found = Booking.objects.filter(bookings_meant(words)).order_by("-starts_at")
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def membership_ids_meant(words: str) -> list[UUID]:
    """By the whole e-mail of whoever bought it, by plan or by professional; the latest of them."""
    if "@" in words:
        meant = Q(user__in=User.objects.filter(email=words.lower()))
    else:
        meant = Q(plan__name__unaccent__icontains=words)
        meant |= Q(plan__professional__in=professionals_named(words))
    found = Membership.objects.filter(meant).order_by("-created_at")
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def _ids(contact: Q) -> Collection[UUID]:
    return list(Patient.objects.filter(contact).values_list("pk", flat=True))


def _named(words: str, practice: Professional) -> list[UUID]:
    """Opened to be compared: only what the list then shows has been seen."""
    with audit.unseen():
        return [patient.pk for patient in search_patients(practice, words)]
