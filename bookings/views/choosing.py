"""What a page needs on which a day and a time of a service are chosen: for a new booking, or to move one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from bookings.models import Service
from bookings.selectors.memberships import MemberTerms
from bookings.views import calendar
from bookings.views.calendar import Month
from bookings.views.search import Search
from bookings.views.zones import offered_zones


def about(service: Service, terms: MemberTerms | None = None) -> dict[str, Any]:
    """Who, what and for how much, for the card beside the steps; and the zone in which the page speaks. `terms`: those
    of a member, who pays less."""
    person = service.professional
    return {
        "service": service,
        "professional": person,
        "policy": person.policy,
        "terms": terms,
        "price": terms.price if terms else service.price,
        "zone": timezone.get_current_timezone_name(),
    }


def time_choice(request: HttpRequest, search: Search) -> dict[str, Any]:
    """The month and the day asked for with their free times; where there are none, the next day that has some.

    Nothing asked: this month, or the next one with a free time. Raises Refused for a month or a day that does not
    exist.
    """
    zone, professional = search.zone, search.service.professional
    today = timezone.localdate(timezone=zone)
    last_day = today + timedelta(days=professional.policy.horizon_days)
    chosen = calendar.parse_day(request.GET["day"]) if "day" in request.GET else None
    asked = _month_asked(request, chosen, today)
    month, slots = (asked, _of(asked, search, today)) if asked else _first_month(search, today)
    day = chosen or next(_days(slots, zone), None)
    parts = calendar.parts_of(day, slots=slots, zone=zone)
    previous = min(month.previous, calendar.month_of(last_day))
    return about(search.service) | {
        "month": month,
        "weeks": calendar.weeks_of(month, slots=slots, zone=zone, today=today, selected=day),
        "levels": calendar.Level,
        "previous_url": f"?month={previous}" if month.first > today else "",
        "next_url": f"?month={month.following}" if month.last < last_day else "",
        "day": day,
        "picked": chosen is not None,
        "parts": parts,
        "is_past": day is not None and day < today,
        "open_until": last_day,
        "beyond": (day or month.first) > last_day,
        "month_is_empty": not slots,
        # Nothing asked and nothing found: everything has been looked at.
        "next_day": _next_day(search, slots, asked, chosen, last_day) if asked and not parts else None,
        "zones": offered_zones(zone, professional.zone),
    }


def _month_asked(request: HttpRequest, chosen: date | None, today: date) -> Month | None:
    """That of the day asked for, else the month asked for; none of the past."""
    if chosen:
        return max(calendar.month_of(chosen), calendar.month_of(today))
    if "month" in request.GET:
        return max(calendar.parse_month(request.GET["month"]), calendar.month_of(today))
    return None


def _first_month(search: Search, today: date) -> tuple[Month, list[datetime]]:
    """This month, else that of the next free time, with its free times."""
    month = calendar.month_of(today)
    slots = _of(month, search, today)
    if not slots and (ahead := search.next_day(after=month.last)):
        month = calendar.month_of(ahead)
        slots = _of(month, search, today)
    return month, slots


def _of(month: Month, search: Search, today: date) -> list[datetime]:
    return search.within(max(month.first, today), month.last)


def _next_day(
    search: Search, slots: Iterable[datetime], month: Month, chosen: date | None, last_day: date
) -> date | None:
    """The one after the day or the month that has no free time; else the first there is."""
    if chosen and (later := next((day for day in _days(slots, search.zone) if day > chosen), None)):
        return later
    if month.last < last_day and (ahead := search.next_day(after=month.last)):
        return ahead
    return search.next_day()


def _days(slots: Iterable[datetime], zone: ZoneInfo) -> Iterator[date]:
    return (slot.astimezone(zone).date() for slot in slots)
