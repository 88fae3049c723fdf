"""What a page needs on which a day and a time of a service are chosen: for a new booking, or to move one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from bookings import selectors
from bookings.models import Service
from bookings.views import calendar
from bookings.views.zones import offered_zones


def about(service: Service) -> dict[str, Any]:
    """Who and what, for the card beside the steps; and the zone in which the page speaks."""
    person = service.professional
    zone = timezone.get_current_timezone_name()
    return {"service": service, "professional": person, "policy": person.policy, "zone": zone}


def time_choice(request: HttpRequest, service: Service, zone: ZoneInfo) -> dict[str, Any]:
    """The month and the day asked for with their free times; the next free ones when nothing is asked.

    Raises Refused for a month or a day that does not exist.
    """
    today = timezone.localdate(timezone=zone)
    last_day = today + timedelta(days=service.professional.policy.horizon_days)
    chosen = calendar.parse_day(request.GET["day"]) if "day" in request.GET else None
    month = _month_to_show(request, service, chosen, zone)
    first = max(month.first, today)
    slots = (
        selectors.free_slots(service=service, first=first, last=month.last, zone=zone)
        if first <= month.last
        else []
    )
    day = chosen or next((slot.astimezone(zone).date() for slot in slots), None)
    previous = min(month.previous, calendar.month_of(last_day))
    return about(service) | {
        "month": month,
        "weeks": calendar.weeks_of(month, slots=slots, zone=zone, today=today, selected=day),
        "previous_url": f"?month={previous}" if month.first > today else "",
        "next_url": f"?month={month.following}" if month.last < last_day else "",
        "day": day,
        "picked": chosen is not None,
        "is_past": day is not None and day < today,
        "open_until": last_day if (day or month.first) > last_day else None,
        "parts": calendar.parts_of(day, slots=slots, zone=zone),
        "zones": offered_zones(zone, service.professional.zone),
    }


def _month_to_show(
    request: HttpRequest, service: Service, chosen: date | None, zone: ZoneInfo
) -> calendar.Month:
    """That of the day asked for, else the month asked for, else that of the next free time; none of the past."""
    current = calendar.month_of(timezone.localdate(timezone=zone))
    if chosen:
        return max(calendar.month_of(chosen), current)
    if "month" in request.GET:
        return max(calendar.parse_month(request.GET["month"]), current)
    soonest = selectors.next_free_slots(service=service, count=1)
    return calendar.month_of(timezone.localdate(soonest[0] if soonest else None, timezone=zone))
