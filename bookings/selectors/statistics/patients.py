"""Who came or comes: patients with an appointment in the period, and those among them who never had one before."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef

from accounts.models import Professional
from bookings.domain.periods import Period
from bookings.models import Booking
from bookings.selectors.statistics.appointments import TAKEN, bookings_in


class Patients(NamedTuple):
    active: int = 0
    new: int = 0


def patients_by_professional(period: Period, professional: Professional | None) -> dict[UUID, Patients]:
    """One query. A patient belongs to one practice, so that these numbers may be added."""
    before = Booking.objects.filter(
        patient=OuterRef("patient"), status__in=TAKEN, starts_at__lt=period.begins
    )
    groups = bookings_in(period, professional).filter(status__in=TAKEN).order_by().values("professional_id")
    counted = groups.annotate(
        active=Count("patient", distinct=True),
        new=Count("patient", distinct=True, filter=~Exists(before)),
    )
    return {pk: Patients(*rest) for pk, *rest in counted.values_list("professional_id", "active", "new")}
