"""The professional's week: what is booked, what is open, what is free."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import urlencode

from babel.dates import format_interval
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Professional
from bookings.domain.agenda import Week
from bookings.domain.hours import DAY
from bookings.domain.lifecycle_table import Status
from bookings.selectors.agenda import WeekOf, waiting_for_answer, week_of
from bookings.views.agenda_days import DayOf, Sheet, sheet_of
from bookings.views.calendar import parse_day
from bookings.views.fresh import answer_if_changed, version_of
from bookings.views.people import professional_only
from core.errors import Refused

FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Asked:
    """Which day somebody looks at, and how: that day, its week, or what fits the screen (`auto`: a week, on a phone a
    day)."""

    day: date
    view: Literal["auto", "day", "week"]

    @property
    def monday(self) -> date:
        return self.day - self.day.weekday() * DAY

    @property
    def address(self) -> dict[str, str]:
        """As parameters of the address."""
        if self.view == "auto":
            return {}
        return {"day": self.day.isoformat()} if self.view == "day" else {"week": week_text(self.day)}


def week_text(day: date) -> str:
    """ "2026-W48"."""
    year, number, _weekday = day.isocalendar()
    return f"{year}-W{number:02}"


def parse_week(text: str) -> date:
    """The Monday of "2026-W48". Raises Refused."""
    try:
        if not re.fullmatch(r"2\d{3}-W\d\d", text):
            raise ValueError
        return date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
    except ValueError:
        raise Refused(_("This week does not exist."), code="invalid_week") from None


def asked_for(request: HttpRequest, today: date) -> Asked:
    """`?week=2026-W48`, `?day=2026-11-24`, or `?day=2026-11-24&view=week` for the week of a day. Raises Refused."""
    view = request.GET.get("view", "day")
    if view not in {"day", "week"}:
        raise Refused(_("The agenda shows a day or a week."), code="invalid_view")
    if "week" in request.GET:
        monday = parse_week(request.GET["week"])
        return Asked(today if week_text(today) == week_text(monday) else monday, "week")
    if "day" in request.GET:
        return Asked(parse_day(request.GET["day"]), "week" if view == "week" else "day")
    return Asked(today, "auto")


@never_cache
@professional_only
@require_safe
def doctor_agenda(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Asked for anew by the page itself when something happens, and every half minute."""
    now = timezone.now()
    asked = asked_for(request, timezone.localdate())
    week = Week(asked.monday, professional.zone)
    found = week_of(professional, week)
    sheet = sheet_of(week, found, selected=asked.day, now=now)
    waiting = [booking for booking in found.bookings if booking.status == Status.WAITING_FOR_PROFESSIONAL]
    waiting_count = waiting_for_answer(professional.user, now)
    context = {
        "professional": professional,
        "asked": asked,
        "sheet": sheet,
        "title": _title(week),
        "week_number": asked.monday.isocalendar().week,
        "number": sum(day.count for day in sheet.days),
        "waiting": sum(booking.ends_at > now for booking in waiting),
        "new_start": _new_start(asked, sheet),
        "waiting_count": waiting_count,
        "step": found.step,
        "has_hours": any(day.openings for day in sheet.days),
        "now": now,
        "section": "agenda",
        "version": _version(found, sheet, waiting_count),
        **_addresses(asked),
    }
    return answer_if_changed(request, "bookings/agenda.html", context)


def _title(week: Week) -> str:
    """ "Nov 23 - 29, 2026"."""
    language = (get_language() or "en").partition("-")[0]
    return format_interval(week.monday, week.monday + 6 * DAY, "yMMMMd", locale=language)


def _new_start(asked: Asked, sheet: Sheet) -> datetime | None:
    """Where a new appointment on the day that is looked at may begin."""
    if asked.view == "week":
        return None
    return next((day.add for day in sheet.days if day.is_selected), None)


def _addresses(asked: Asked) -> dict[str, str]:
    """Where else to look; empty beyond the calendar's ends. `came_from`: the way back here, for other pages."""
    here = reverse("doctor_agenda")
    step = DAY if asked.view == "day" else 7 * DAY

    def of(day: date, view: Literal["day", "week"]) -> str:
        inside = FIRST <= day <= LAST
        return f"?{urlencode(Asked(day, view).address)}" if inside else ""

    view: Literal["day", "week"] = "day" if asked.view == "day" else "week"
    return {
        "previous_url": of(asked.day - step, view),
        "next_url": of(asked.day + step, view),
        "day_url": of(asked.day, "day"),
        "week_url": of(asked.day, "week"),
        "week_before_url": of(asked.day - 7 * DAY, "day"),
        "week_after_url": of(asked.day + 7 * DAY, "day"),
        "came_from": urlencode({"next": f"{here}?{urlencode(asked.address)}".rstrip("?")}),
        "refresh_url": f"{here}?{urlencode({**asked.address, 'seen': ''})}",
    }


def _version(found: WeekOf, sheet: Sheet, waiting_count: int) -> str:
    drawn = [_drawn(day) for day in sheet.days]
    return version_of(found.bookings, *_seen(found), drawn, sheet.top, sheet.rows, waiting_count)


def _seen(found: WeekOf) -> Iterator[Any]:
    for booking in found.bookings:
        yield booking.patient.shown_name, booking.service.name, booking.ends_at, booking.pays_at_practice
    for off in found.times_off:
        yield off.reason


def _drawn(day: DayOf) -> tuple[Any, ...]:
    lines = [(entry.kind, entry.span.top, entry.span.bottom) for entry in day.entries]
    paper = [(span.top, span.bottom) for span in (*day.openings, *day.buffers)]
    return day.date, lines, paper, day.is_today, day.holiday
