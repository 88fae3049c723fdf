"""What the home page of medical administration says about appointments."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin_home import Card, home_cards
from accounts.models import Patient
from bookings.admin.bookings import STAFF
from bookings.admin.patients import ASKS
from bookings.domain.lifecycle_table import HOLDING
from bookings.models import Booking, BookingRequest, RequestStatus


@home_cards(STAFF)
def cards(request: HttpRequest) -> Iterator[Card]:
    """Today is that of whoever looks, as in the list's filter."""
    today = timezone.localdate()
    begin = timezone.make_aware(datetime.combine(today, time(0)))
    bookings, days = reverse("admin:bookings_booking_changelist"), today.isoformat()
    yield Card(
        title=_("Requests that wait for an answer"),
        count=BookingRequest.objects.filter(status=RequestStatus.PENDING).count(),
        link=reverse("admin:bookings_bookingrequest_changelist") + "?status__exact=pending",
        icon="event_upcoming",
    )
    yield Card(
        title=_("Patients who ask to be erased"),
        count=Patient.objects.filter(ASKS).count(),
        link=reverse("admin:accounts_patient_changelist") + "?erasing=asked",
        icon="person_remove",
    )
    yield Card(
        title=_("Appointments today"),
        count=Booking.objects.filter(
            status__in=HOLDING, starts_at__gte=begin, starts_at__lt=begin + timedelta(days=1)
        ).count(),
        link=f"{bookings}?starts_at_from={days}&starts_at_until={days}",
        icon="event",
        is_task=False,
    )
