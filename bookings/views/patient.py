"""The patient's own space."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings import selectors
from bookings.access import join_state, token_of
from bookings.lifecycle_table import HOLDING, Status
from bookings.models import Booking
from bookings.views.people import user_of

PAST_PER_PAGE = 20


@login_required
@require_safe
def my_bookings(request: HttpRequest) -> HttpResponse:
    """What comes, soonest first, and what was, latest first."""
    now = timezone.now()
    mine = selectors.bookings_of_patient(user_of(request))
    open_ones = mine.filter(ends_at__gt=now, status__in=HOLDING).exclude(status=Status.COMPLETED)
    coming = list(open_ones.order_by("starts_at"))
    past = Paginator(mine.exclude(pk__in=[booking.pk for booking in coming]), PAST_PER_PAGE)
    page = past.get_page(request.GET.get("page"))
    context = {
        "coming": [_card(booking) for booking in coming],
        "past": [_card(booking) for booking in page],
        "page": page,
    }
    return render(request, "bookings/my_bookings.html", context)


def _card(booking: Booking) -> dict[str, object]:
    token = token_of(booking)
    room_url = reverse("guest_room", args=[token])
    return {"booking": booking, "token": token, "join": join_state(booking), "room_url": room_url}
