"""Reads of staff, across practices."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient, Professional
from accounts.selectors import MAX_QUERY_WORDS
from bookings.models import Booking
from bookings.selectors.bookings import whole_bookings
from bookings.selectors.found import cleaned, contact_of, patients_meant
from core.errors import Missing, Refused


def professionals_of_clinic(query: str = "") -> QuerySet[Professional]:
    """All of them by name, listed or not. Each word of `query` is in the name, the address of the page, the e-mail or
    the licence."""
    found = Professional.objects.select_related("user").prefetch_related("specialties")
    for word in cleaned(query).split()[:MAX_QUERY_WORDS]:
        found = found.filter(
            Q(name__unaccent__icontains=word)
            | Q(slug__icontains=word)
            | Q(user__email__icontains=word)
            | Q(licence__icontains=word)
        )
    return found.order_by("name", "id")


def professional_of_clinic(professional_id: UUID) -> Professional:
    """Raises Missing."""
    found = professionals_of_clinic().filter(pk=professional_id).first()
    if found is None:
        raise Missing(_("We could not find this professional."))
    return found


def patients_of_clinic() -> QuerySet[Patient]:
    """Those of all practices, the latest first, without the practice's notes; merged duplicates are nobody."""
    found = Patient.objects.filter(merged_into=None).select_related("data_key", "professional")
    return found.defer("notes").order_by("-created_at", "id")


def patient_of_clinic(patient_id: UUID) -> Patient:
    """Raises Missing."""
    found = patients_of_clinic().filter(pk=patient_id).first()
    if found is None:
        raise Missing(_("We could not find this patient."))
    return found


def find_patients(text: str, professional: Professional | None) -> QuerySet[Patient]:
    """Whom `text` means: nothing means all of them. A whole e-mail or phone number is found in every practice. A name,
    or a part of anything, is looked for within one practice.

    Raises Refused `professional_needed`.
    """
    wanted = cleaned(text)
    everybody = patients_of_clinic()
    if professional is not None:
        everybody = everybody.filter(professional=professional)
    if not wanted:
        return everybody
    if professional is None and contact_of(wanted) is None:
        raise Refused(
            _("To search by name, choose the professional whose patient it is."),
            code="professional_needed",
            attr="professional",
        )
    return everybody.filter(patients_meant(wanted, professional))


def bookings_of_clinic() -> QuerySet[Booking]:
    """Those of all practices, the latest first, to be narrowed: a page of them is shown by `whole_ones`."""
    return Booking.objects.order_by("-starts_at", "id")


def whole_ones(ids: Iterable[UUID]) -> list[Booking]:
    """These with all that is shown of them, in this order. Far pages would else join whatever they skip."""
    wanted = list(ids)
    found = whole_bookings().in_bulk(wanted)
    return [found[booking_id] for booking_id in wanted if booking_id in found]


def booking_of_clinic(booking_id: UUID) -> Booking:
    """With its history. Raises Missing."""
    found = whole_bookings().filter(pk=booking_id).prefetch_related("events").first()
    if found is None:
        raise Missing
    return found
