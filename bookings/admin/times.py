"""Staff choose a free time of a practice: for a booking that moves, or for somebody who asked for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin_access import in_the_admin
from bookings import selectors
from bookings.models import Booking, Service
from bookings.views.calendar import parse_start
from bookings.views.practice_times import alternatives
from core.errors import DomainError, Refused
from core.templatetags.ui import start_text

# So many days are looked at together.
WINDOW = timedelta(days=14)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    date: date
    free: int
    link: str
    is_chosen: bool


@dataclass
class Choice:
    """The page on which a time is chosen, and what was wrong with the one that somebody wanted to take.

    `keep` stays in the addresses of its days. A booking to be moved is not in its own way, yet its own start is none
    to move to.
    """

    service: Service
    form: forms.Form
    moved: Booking | None = None
    keep: dict[str, str] = field(default_factory=dict)
    near: date | None = None
    refusal: DomainError | None = None
    others: list[tuple[str, datetime]] = field(default_factory=list)

    def take(self, request: HttpRequest, verb: Callable[..., object]) -> bool:
        """Where a time was sent, calls the verb with it and with what the form says. False when there was none, or it
        was refused: the page tells why, and what is free."""
        if request.method != "POST" or not self.form.is_valid():
            return False
        start = None
        try:
            start = _chosen(request)
            verb(starts_at=start, **self.form.cleaned_data)
        except DomainError as refusal:
            self.refusal = refusal
            if start is not None:
                self.others = _options(refusal.extra.get("next_slots") or alternatives(self.service, start))
            return False
        return True

    def page(self, request: HttpRequest, about: dict[str, Any], *, title: str | Promise) -> HttpResponse:
        context = self._days(request) | {
            "form": self.form,
            "refusal": self.refusal,
            "others": self.others,
            "practice": self.service.professional,
            "zone": self.service.professional.timezone,
        }
        status = self.refusal.status if self.refusal else 400 if self.form.errors else 200
        return in_the_admin(
            request, "admin/bookings/choose_time.html", context | about, title=title, status=status
        )

    def _days(self, request: HttpRequest) -> dict[str, Any]:
        """The free days from `?from=` on (else from `near`, from today, or from the next free one), and the times of
        `?day=` (else of the first of them), in the practice's zone. Three queries at most."""
        today = timezone.localdate(timezone=self._zone)
        first = max(_asked(request, "from") or self.near or today, today)
        slots = self._free(first)
        if not slots and (later := self._next_after(first)):
            first = later.astimezone(self._zone).date()
            slots = self._free(first)
        by_day: defaultdict[date, list[datetime]] = defaultdict(list)
        for slot in slots:
            by_day[slot.astimezone(self._zone).date()].append(slot)
        asked = _asked(request, "day")
        chosen = asked if asked in by_day else next(iter(by_day), None)
        return {
            "first": first,
            "today": today,
            "days": [
                Day(day, len(free), self._link(first, day=day), day == chosen) for day, free in by_day.items()
            ],
            "earlier": self._link(max(first - WINDOW, today)) if first > today else "",
            "later": self._link(first + WINDOW),
            "day": chosen,
            "times": _options(by_day[chosen]) if chosen else [],
            "kept": self.keep.items(),
        }

    @property
    def _zone(self) -> Any:
        return self.service.professional.zone

    def _free(self, first: date) -> list[datetime]:
        slots = selectors.practice_slots(
            service=self.service,
            first=first,
            last=first + WINDOW - _DAY,
            zone=self._zone,
            without_booking=self.moved.pk if self.moved else None,
        )
        return [slot for slot in slots if self.moved is None or slot != self.moved.starts_at]

    def _next_after(self, day: date) -> datetime | None:
        begin = datetime(day.year, day.month, day.day, tzinfo=self._zone)
        moving = self.moved.pk if self.moved else None
        found = selectors.next_free_slots(
            service=self.service, count=1, after=begin, by_hand=True, moving=moving
        )
        return found[0] if found else None

    def _link(self, first: date, **query: Any) -> str:
        return f"?{urlencode(self.keep | {'from': first} | query)}"


def _chosen(request: HttpRequest) -> datetime:
    """Raises Refused."""
    text = request.POST.get("start", "")
    if not text:
        raise Refused(_("Please choose a time."), code="start_missing", attr="start")
    return parse_start(text)


def _options(slots: Sequence[datetime]) -> list[tuple[str, datetime]]:
    return [(start_text(slot), slot) for slot in slots]


def _asked(request: HttpRequest, name: str) -> date | None:
    try:
        day = date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return None
    return day if 2000 <= day.year < 2900 else None
