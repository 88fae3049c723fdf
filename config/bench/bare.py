"""What one compares with: views that do one thing, without a domain around it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.models import Professional
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking
from payments.models import ProviderEvent


def one_query(request: HttpRequest, slug: str) -> HttpResponse:
    """One row by its index."""
    professional = Professional.objects.get(slug=slug)
    return JsonResponse({"id": str(professional.pk), "name": professional.name})


@csrf_exempt
@transaction.atomic
def lock_and_insert(request: HttpRequest, slug: str) -> HttpResponse:
    """Locks the professional and inserts a booking, under the constraints of bookings."""
    asked = json.loads(request.body)
    professional = Professional.objects.select_for_update(no_key=True).get(slug=slug)
    start = datetime.fromisoformat(asked["start"])
    key = uuid4()
    Booking.objects.create(
        id=key,
        reference=f"B-{key.hex[:12]}",
        professional=professional,
        patient_id=asked["patient"],
        service_id=asked["service"],
        patient_identity=key.hex,
        status=Status.WAITING_FOR_PROFESSIONAL,
        modality="in_person",
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
        blocked_from=start,
        blocked_until=start + timedelta(minutes=30),
        price=0,
        currency="USD",
        meeting_limit_minutes=18,
    )
    return JsonResponse({"id": str(key)}, status=201)


@csrf_exempt
def one_insert(request: HttpRequest, slug: str) -> HttpResponse:
    """Inserts one row of the inbox of webhooks."""
    event = ProviderEvent.objects.create(
        gateway=slug,
        event_id=uuid4().hex,
        reference=json.loads(request.body)["reference"],
        due_at=timezone.now(),
    )
    return JsonResponse({"id": event.pk})


urlpatterns = [
    path("bare/<slug:slug>/events", one_insert),
    path("bare/<slug:slug>", one_query),
    path("bare/<slug:slug>/bookings", lock_and_insert),
]
