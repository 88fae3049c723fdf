"""When a practice's patients were there last and come next: the same two queries for one and for many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.models import Patient
from bookings.domain.lifecycle_table import Status
from bookings.groups import Group, in_group
from bookings.models import Booking

# Over, and took place as far as anybody has said.
_HELD = (Status.CONFIRMED, Status.COMPLETED)


class Visits(NamedTuple):
    last: datetime | None = None
    next: datetime | None = None


def visits_of(patients: Iterable[Patient]) -> dict[UUID, Visits]:
    """Starts (UTC) of each one's last and next appointment, by patient."""
    now, ids = timezone.now(), [patient.pk for patient in patients]
    theirs = Q(patient__in=ids)
    last = _first_of_each(theirs & Q(status__in=_HELD, ends_at__lte=now), "-starts_at")
    coming = _first_of_each(theirs & in_group(Group.COMING, now), "starts_at")
    return {pk: Visits(last.get(pk), coming.get(pk)) for pk in ids}


def _first_of_each(which: Q, order: str) -> dict[UUID, datetime]:
    bookings = Booking.objects.filter(which).order_by("patient", order).distinct("patient")
    return dict(bookings.values_list("patient_id", "starts_at"))
