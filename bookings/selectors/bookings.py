"""Reads about bookings, scoped by who asks."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Patient, Professional, User
from bookings.domain.lifecycle_table import HOLDING, Status
from bookings.models import Booking
from core.errors import Missing


def whole_bookings() -> QuerySet[Booking]:
    """Bookings with all that a page or an answer shows of them, in one query."""
    return Booking.objects.select_related(
        "professional__user",
        "professional__policy",
        "patient__data_key",
        "service",
        "meeting",
        "membership__plan",
    )


def bookings_for(user: User) -> QuerySet[Booking]:
    """The bookings this user takes part in, on either side.

    Who the user is gets asked first: over joins, the two sides together would cost a walk through the whole table.
    """
    practices = list(Professional.objects.filter(user=user).values_list("pk", flat=True))
    records = list(Patient.objects.filter(user=user).values_list("pk", flat=True))
    return whole_bookings().filter(Q(professional_id__in=practices) | Q(patient_id__in=records))


def booking_for(user: User, booking_id: UUID) -> Booking:
    """Raises Missing for what is not theirs, as for what is not there."""
    theirs = Q(professional__user=user) | Q(patient__user=user)
    booking = whole_bookings().filter(theirs, pk=booking_id).first()
    if booking is None:
        raise Missing
    return booking


def open_holds_of(professional_id: UUID, patient_identity: str) -> int:
    """How many times this person (blind index of the e-mail) holds at one practice without having paid."""
    if not patient_identity:
        return 0
    return Booking.objects.filter(
        professional_id=professional_id,
        patient_identity=patient_identity,
        status=Status.PENDING_PAYMENT,
        hold_ends_at__gt=timezone.now(),
    ).count()


def appointments_to_come(professional: Professional) -> int:
    """Those that are asked for or agreed, and not over."""
    coming = Booking.objects.filter(professional=professional, status__in=HOLDING, ends_at__gt=timezone.now())
    return coming.exclude(status=Status.COMPLETED).count()


def bookings_of_professional(user: User) -> QuerySet[Booking]:
    return whole_bookings().filter(professional__user=user)


def bookings_of_patient(user: User) -> QuerySet[Booking]:
    return whole_bookings().filter(patient__user=user).order_by("-starts_at", "id")
