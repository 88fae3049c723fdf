"""The month and the times among which a practice chooses in its own calendar: no notice, no horizon, its own zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone

from bookings import selectors
from bookings.hindrances import Hindrances
from bookings.models import Booking, BookingRequest, Service
from bookings.selectors.schedule import PRACTICE_HORIZON_DAYS
from bookings.views import calendar
from core.errors import DomainError

# How many times are offered instead of one that cannot be had.
ALTERNATIVES = 6


def practice_times(
    request: HttpRequest,
    service: Service,
    *,
    keep: dict[str, str] | None = None,
    near: datetime | None = None,
    moved: Booking | None = None,
    wish: BookingRequest | None = None,
) -> dict[str, Any]:
    """What the month shows; `keep` is carried along in its addresses. Unless a day or a month is asked for (`?day=`,
    `?month=`), the first free day from `near` on. The booking to be moved is not in its own way, yet its own start is
    none to move to; of a wish, the days are marked and the part of the day is opened.

    Raises Refused for a month or a day that does not exist.
    """
    zone = service.professional.zone
    today = timezone.localdate(timezone=zone)
    last_day = today + timedelta(days=PRACTICE_HORIZON_DAYS)
    chosen = calendar.parse_day(request.GET["day"]) if "day" in request.GET else None
    month = _month(request, service, chosen, near, today)
    slots = _free(service, month, moved, today) if month.last <= calendar.month_of(last_day).last else []
    day = chosen or _first_day(slots, near, service)
    parts = calendar.parts_of(day, slots=slots, zone=zone)
    kept = urlencode(keep or {})
    weeks = calendar.weeks_of(month, slots=slots, zone=zone, today=today, selected=day)
    return {
        "keep": kept,
        "month": month,
        "weeks": [[_of_practice(cell, kept, wish) for cell in week] for week in weeks],
        "previous_url": _join(f"?month={month.previous}", kept) if month.first > today else "",
        "next_url": _join(f"?month={month.following}", kept) if month.last < last_day else "",
        "day": day,
        "levels": calendar.Level,
        "picked": chosen is not None,
        "is_past": day is not None and day < today,
        "parts": parts,
        "opened": _opened(parts, wish),
        "marks_wished_days": wish is not None and bool(wish.preferred_from or wish.preferred_until),
    }


def _free(service: Service, month: calendar.Month, moved: Booking | None, today: date) -> list[datetime]:
    """What is left of the month."""
    first = max(month.first, today)
    if first > month.last:
        return []
    slots = selectors.practice_slots(
        service=service,
        first=first,
        last=month.last,
        zone=service.professional.zone,
        without_booking=moved.pk if moved else None,
    )
    return [slot for slot in slots if moved is None or slot != moved.starts_at]


def _of_practice(cell: calendar.Day, kept: str, wish: BookingRequest | None) -> calendar.Day:
    return replace(cell, url=_join(cell.url, kept), wished=wish is not None and _wishes(wish, cell.date))


def _wishes(wish: BookingRequest, day: date) -> bool:
    """The person named days, and this is one of them."""
    first, last = wish.preferred_from, wish.preferred_until
    return bool(first or last) and (first or date.min) <= day <= (last or date.max)


def _opened(parts: list[calendar.Part], wish: BookingRequest | None) -> calendar.Part | None:
    """The part of the day that is wished for, else the first after the night, else what there is."""
    wished = calendar.NAMES.get(wish.part_of_day) if wish else None
    asked = (part for part in parts if part.name == wished)
    awake = (part for part in parts if part.times[0].hour >= calendar.NIGHT_ENDS)
    return next(chain(asked, awake, parts), None)


def alternatives(service: Service, start: datetime) -> list[datetime]:
    """The practice's next free times after the one that was wanted, else from now on."""
    later = selectors.next_free_slots(service=service, count=ALTERNATIVES, after=start, by_hand=True)
    return later or selectors.next_free_slots(service=service, count=ALTERNATIVES, by_hand=True)


def is_unfit(found: Hindrances, refusal: DomainError | None) -> bool:
    """The time cannot be had at all: others are offered. With nothing in the practice's own way, a refusal of the
    start is about the patient's other appointments."""
    if found:
        return not found.may_be_overruled
    return refusal is not None and refusal.attr == "start"


def _month(
    request: HttpRequest, service: Service, chosen: date | None, near: datetime | None, today: date
) -> calendar.Month:
    current = calendar.month_of(today)
    if chosen:
        return max(calendar.month_of(chosen), current)
    if "month" in request.GET:
        return max(calendar.parse_month(request.GET["month"]), current)
    if near is None:
        near = next(iter(selectors.next_free_slots(service=service, count=1, by_hand=True)), None)
    zone = service.professional.zone
    return max(calendar.month_of(near.astimezone(zone).date()), current) if near else current


def _first_day(slots: list[datetime], near: datetime | None, service: Service) -> date | None:
    days = [slot.astimezone(service.professional.zone).date() for slot in slots]
    wanted = near.astimezone(service.professional.zone).date() if near else None
    return next((day for day in days if wanted is None or day >= wanted), days[0] if days else None)


def _join(url: str, kept: str) -> str:
    return f"{url}&{kept}" if kept else url
