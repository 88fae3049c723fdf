"""The patient's own space."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings import selectors
from bookings.access import JoinState, join_state, token_of
from bookings.changes import Changes, changes_of
from bookings.domain.lifecycle_table import HOLDING, Status
from bookings.forms import ReasonForm
from bookings.models import Booking
from bookings.selectors.requests import requests_by
from bookings.services.money import SUBJECT
from bookings.views.people import signed_in_for, user_of
from payments.models import Payment
from payments.selectors import payments_of

PAST_PER_PAGE = 20
MOST_WISHES = 10


@dataclass(frozen=True)
class Card:
    """An appointment on the list, and what its patient may do about it now."""

    booking: Booking
    payment: Payment | None
    token: str
    join: JoinState
    changes: Changes

    @classmethod
    def of(cls, booking: Booking, payment: Payment | None, now: datetime) -> Card:
        changes = changes_of(booking, payment, now)
        return cls(booking, payment, token_of(booking), join_state(booking, now), changes)

    @property
    def acts(self) -> bool:
        """Is there anything to press?"""
        return self.join.can_join or self.changes.can_move or self.changes.can_cancel


@signed_in_for("my_bookings")
@require_safe
@never_cache
def my_bookings(request: HttpRequest) -> HttpResponse:
    """What comes, soonest first; wishes without a time; what was, latest first."""
    now, user = timezone.now(), user_of(request)
    mine = selectors.bookings_of_patient(user)
    open_ones = mine.filter(ends_at__gt=now, status__in=HOLDING).exclude(status=Status.COMPLETED)
    coming = list(open_ones.order_by("starts_at", "id"))
    past = Paginator(mine.exclude(pk__in=[booking.pk for booking in coming]), PAST_PER_PAGE)
    page = past.get_page(request.GET.get("page"))
    payments = payments_of(SUBJECT, [booking.pk for booking in (*coming, *page)])
    context = {
        "coming": [Card.of(booking, payments.get(booking.pk), now) for booking in coming],
        "wishes": requests_by(user)[:MOST_WISHES],
        "past": [(booking, token_of(booking), payments.get(booking.pk)) for booking in page],
        "page": page,
        "reason_form": ReasonForm(),
        "now": now,
    }
    return render(request, "bookings/my_bookings.html", context)
