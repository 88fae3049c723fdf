"""The availability editor: the week as it follows from all rules, and what can be changed in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Professional
from bookings.domain.hours import DAY
from bookings.domain.public_holidays import regions_of
from bookings.forms.availability import (
    CopyForm,
    DateForm,
    HolidaysForm,
    WeekdayForm,
    WeeklyForm,
    weekday_choices,
)
from bookings.models import AvailabilityBlock, TimeOff
from bookings.selectors.availability import (
    block_of,
    blocks_of,
    bookings_inside,
    holidays_of,
    times_off_of,
    week_of,
)
from bookings.services import availability as verbs
from bookings.services.policy import change_policy
from bookings.templatetags.availability_ui import anchor
from bookings.views.people import professional_only
from bookings.views.practice import actor_of
from bookings.views.week_picture import draw
from core.errors import DomainError, Missing
from core.form_pages import read_or_send, status_of, typed

TIMES_OFF_SHOWN = 20
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
# Weeks that can be looked at, from now.
WEEKS_BACK, WEEKS_AHEAD = 52, 260


@never_cache
@professional_only
@require_safe
def doctor_availability(request: HttpRequest, professional: Professional) -> HttpResponse:
    """`?week=2026-W48` shows another week."""
    today = timezone.localdate()
    blocks = list(blocks_of(professional))
    times_off = times_off_of(professional).filter(ends_at__gt=timezone.now())
    page = Paginator(times_off, TIMES_OFF_SHOWN).get_page(request.GET.get("page"))
    inside = bookings_inside(list(page))
    holidays = holidays_of(professional)
    dates = [block for block in blocks if block.date and block.date >= today]
    weekly = [block for block in blocks if not block.date]
    context = _week(request, professional) | {
        "said": _said(request, [*weekly, *dates, *page]),
        "weekdays": [
            (number, name, [block for block in weekly if block.weekday == number])
            for number, name in weekday_choices()
        ],
        "dates": dates,
        "page": page,
        "times_off": [(off, len(inside[off.pk])) for off in page],
        "holidays": holidays,
        "holidays_form": HolidaysForm(
            regions=holidays.regions, initial={"closed": holidays.closed, "region": holidays.region}
        ),
    }
    return render(request, "bookings/availability.html", page_context(professional) | context)


@professional_only
@require_POST
def doctor_holidays(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Whether public holidays close the weekly hours: a rule of the practice, which its settings show as well."""
    form = HolidaysForm(request.POST, regions=regions_of(professional.country))
    if form.is_valid():
        try:
            change_policy(
                professional=professional,
                actor=actor_of(professional),
                closed_on_holidays=form.cleaned_data["closed"],
                holiday_region=form.cleaned_data.get("region", ""),
            )
            say(request, "holidays", _("Your changes are saved."))
        except DomainError as error:
            say(request, "holidays", str(error), messages.ERROR)
    else:
        say(request, "holidays", _("This region does not belong to your country."), messages.ERROR)
    return back_to("holidays")


def page_context(professional: Professional) -> dict[str, Any]:
    return {
        "professional": professional,
        "section": "availability",
        "zone": professional.timezone,
        "clock_times": [f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30)],
    }


def _week(request: HttpRequest, professional: Professional) -> dict[str, Any]:
    now = timezone.localtime()
    this_monday = now.date() - now.weekday() * DAY
    monday = _monday(request.GET.get("week", "")) or this_monday
    monday = min(max(monday, this_monday - WEEKS_BACK * 7 * DAY), this_monday + WEEKS_AHEAD * 7 * DAY)
    return {
        "picture": draw(week_of(professional, monday), now),
        "monday": monday,
        "sunday": monday + 6 * DAY,
        "is_this_week": monday == this_monday,
        "today": now.date(),
        "previous_week": _name(monday - 7 * DAY),
        "next_week": _name(monday + 7 * DAY),
    }


def _monday(name: str) -> date | None:
    """Of an ISO week such as 2026-W48; None for what is none."""
    if (found := _WEEK.fullmatch(name)) is None:
        return None
    try:
        return date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return None


def _name(monday: date) -> str:
    year, number, _day = monday.isocalendar()
    return f"{year}-W{number:02}"


# Hours of every week, and openings on one date


@never_cache
@professional_only
@read_or_send
def doctor_hours_new(request: HttpRequest, professional: Professional) -> HttpResponse:
    """New hours of every week, on several days at once; `?day=3` chooses Wednesday."""
    initial = {"weekdays": request.GET.getlist("day")}
    form = WeeklyForm(typed(request), professional=professional, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.add_weekly_blocks(
                professional=professional, actor=actor_of(professional), **form.given()
            )
        except DomainError as error:
            form.refuse(error)
        else:
            words = ngettext("Added on %(number)s day.", "Added on %(number)s days.", len(made))
            say(request, "weekly", words % {"number": len(made)})
            return back_to("weekly")
    return _form(request, professional, form, title=_("Weekly hours"))


@never_cache
@professional_only
@read_or_send
def doctor_date_new(request: HttpRequest, professional: Professional) -> HttpResponse:
    """A new opening on one date."""
    form = DateForm(typed(request), professional=professional)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.add_block(professional=professional, actor=actor_of(professional), **form.given())
        except DomainError as error:
            form.refuse(error)
        else:
            say(request, "dates", _("The opening is added."))
            return back_to("dates")
    return _form(request, professional, form, title=_("Opening on one date"))


@never_cache
@professional_only
@read_or_send
def doctor_hours(request: HttpRequest, professional: Professional, block_id: UUID) -> HttpResponse:
    """Changes hours that are there already."""
    block = block_of(professional, block_id)
    kind = DateForm if block.date else WeekdayForm
    form = kind(typed(request), professional=professional, block=block)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.change_block(
                professional=professional, actor=actor_of(professional), block_id=block_id, **form.given()
            )
        except DomainError as error:
            form.refuse(error)
        else:
            say(request, anchor(block), _("Your changes are saved."))
            return back_to(anchor(block))
    title = _("Opening on one date") if block.date else _("Weekly hours")
    return _form(request, professional, form, title=title, opening=block)


@professional_only
@require_POST
def doctor_hours_switch(request: HttpRequest, professional: Professional, block_id: UUID) -> HttpResponse:
    """On (`on=1`) or off; what is switched on may not overlap what is on already."""
    block = block_of(professional, block_id)
    is_active = request.POST.get("on") == "1"
    try:
        verbs.change_block(
            professional=professional, actor=actor_of(professional), block_id=block_id, is_active=is_active
        )
    except DomainError as error:
        say(request, anchor(block), str(error), messages.ERROR)
    return back_to(anchor(block))


@professional_only
@require_POST
def doctor_hours_remove(request: HttpRequest, professional: Professional, block_id: UUID) -> HttpResponse:
    block = block_of(professional, block_id)
    verbs.remove_block(professional=professional, actor=actor_of(professional), block_id=block_id)
    place = "dates" if block.weekday is None else anchor(block.weekday)
    say(request, place, _("Removed. Appointments that are booked already stay."))
    return back_to(place)


@never_cache
@professional_only
@read_or_send
def doctor_hours_copy(request: HttpRequest, professional: Professional, weekday: int) -> HttpResponse:
    """The hours of one day of the week for others too."""
    if not 1 <= weekday <= 7:
        raise Missing
    form = CopyForm(typed(request), weekday=weekday)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.copy_day(
                professional=professional, actor=actor_of(professional), weekday=weekday, **form.cleaned_data
            )
        except DomainError as error:
            form.refuse(error)
        else:
            say(request, "weekly", _("The hours are copied."))
            return back_to("weekly")
    context = page_context(professional) | {
        "form": form,
        "name": dict(weekday_choices())[weekday],
        "openings": blocks_of(professional).filter(weekday=weekday),
    }
    return render(request, "bookings/availability_copy.html", context, status=status_of(form))


def _form(request: HttpRequest, professional: Professional, form: Any, **context: Any) -> HttpResponse:
    context |= page_context(professional) | {"form": form}
    return render(request, "bookings/availability_hours.html", context, status=status_of(form))


def back_to(place: str) -> HttpResponse:
    """To the part or the row of the page that has this id."""
    return redirect(f"{reverse('doctor_availability')}#{place}")


def say(request: HttpRequest, place: str, words: str, level: int = messages.SUCCESS) -> None:
    """Where `back_to` leads: the top of the page is out of sight there."""
    messages.add_message(request, level, words, extra_tags=place)


def _said(request: HttpRequest, rows: Iterable[AvailabilityBlock | TimeOff]) -> dict[str, list[Message]]:
    """The messages by their place; at the top (`page`) where the page has no such place."""
    places = {"weekly", "dates", "time-off", "holidays"}
    places |= {anchor(number) for number, _name in weekday_choices()} | {anchor(row) for row in rows}
    said: dict[str, list[Message]] = {}
    for message in messages.get_messages(request):
        said.setdefault(message.extra_tags if message.extra_tags in places else "page", []).append(message)
    return said
