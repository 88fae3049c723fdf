"""Who saw my data."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.record_access import by_day, told
from bookings.selectors.record_access import accesses_to, names_of
from bookings.views.people import signed_in_for, user_of

PER_PAGE = 50


@signed_in_for("record_access")
@require_safe
@never_cache
def record_access(request: HttpRequest) -> HttpResponse:
    """By days of the visitor's zone, the latest first."""
    page = Paginator(accesses_to(user_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    events = list(page.object_list)
    context = {"section": "record_access", "days": by_day(told(events, names_of(events))), "page": page}
    return render(request, "bookings/record_access.html", context)
