"""Reads of booking requests, scoped by who asks."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Professional, User
from bookings.models import BookingRequest, RequestStatus
from core.errors import Missing

ANSWERED_OF_LATE = timedelta(days=14)


def whole_requests() -> QuerySet[BookingRequest]:
    """Requests with all that a page, an answer or a letter shows of them, in one query."""
    return BookingRequest.objects.select_related(
        "data_key", "service", "professional__user", "professional__policy", "booking"
    )


def requests_of(professional: Professional) -> QuerySet[BookingRequest]:
    return whole_requests().filter(professional=professional)


def request_of(professional: Professional, request_id: UUID) -> BookingRequest:
    """Raises Missing for another practice's, as for what is not there."""
    found = requests_of(professional).filter(pk=request_id).first()
    if found is None:
        raise Missing
    return found


def pending_requests_of(user: User) -> int:
    """How many wait for an answer of the professional that this account is."""
    return BookingRequest.objects.filter(professional__user=user, status=RequestStatus.PENDING).count()


def requests_by(user: User) -> QuerySet[BookingRequest]:
    """What this account asked for, latest first: what waits, and what was answered no of late. An accepted one is
    among the bookings."""
    waits = Q(status=RequestStatus.PENDING)
    told = Q(
        status__in=[RequestStatus.REJECTED, RequestStatus.EXPIRED],
        answered_at__gte=timezone.now() - ANSWERED_OF_LATE,
    )
    return whole_requests().filter(waits | told, user=user).order_by("-created_at", "id")
