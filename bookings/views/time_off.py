"""Time off: hours, whole days, or from one moment to another."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import Professional
from bookings.forms.availability import TIME_OFF_FORMS, time_off_initial
from bookings.models import TimeOff
from bookings.selectors.availability import bookings_inside, time_off_of
from bookings.services import time_off as verbs
from bookings.templatetags.availability_ui import anchor
from bookings.views.availability import back_to, page_context, say
from bookings.views.people import professional_only
from bookings.views.practice import actor_of
from core.errors import DomainError
from core.form_pages import read_or_send, status_of, typed


@never_cache
@professional_only
@read_or_send
def doctor_time_off_new(request: HttpRequest, professional: Professional) -> HttpResponse:
    """`?kind=` days, hours or range chooses the form."""
    kind = _kind(request, "days")
    form = TIME_OFF_FORMS[kind](typed(request))
    if request.method == "POST" and form.is_valid():
        starts_at, ends_at = form.interval(professional.zone)
        try:
            off = verbs.add_time_off(
                professional=professional,
                actor=actor_of(professional),
                starts_at=starts_at,
                ends_at=ends_at,
                reason=form.cleaned_data["reason"],
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return _done(request, off)
    return _form(request, professional, form, kind)


@never_cache
@professional_only
@read_or_send
def doctor_time_off(request: HttpRequest, professional: Professional, time_off_id: UUID) -> HttpResponse:
    """Changes one, and shows the appointments inside."""
    off = time_off_of(professional, time_off_id)
    own_kind, initial = time_off_initial(off, professional.zone)
    kind = _kind(request, own_kind)
    form = TIME_OFF_FORMS[kind](typed(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        starts_at, ends_at = form.interval(professional.zone)
        try:
            off = verbs.change_time_off(
                professional=professional,
                actor=actor_of(professional),
                time_off_id=off.pk,
                starts_at=starts_at,
                ends_at=ends_at,
                reason=form.cleaned_data["reason"],
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return _done(request, off)
    context = {"off": off, "inside": bookings_inside([off])[off.pk]}
    return _form(request, professional, form, kind, **context)


@professional_only
@require_POST
def doctor_time_off_remove(
    request: HttpRequest, professional: Professional, time_off_id: UUID
) -> HttpResponse:
    verbs.remove_time_off(professional=professional, actor=actor_of(professional), time_off_id=time_off_id)
    say(request, "time-off", _("The time off is removed."))
    return back_to("time-off")


def _kind(request: HttpRequest, otherwise: str) -> str:
    asked = request.GET.get("kind", "")
    return asked if asked in TIME_OFF_FORMS else otherwise


def _done(request: HttpRequest, off: TimeOff) -> HttpResponse:
    """Back to the overview, or to the appointments that lie inside."""
    number = len(bookings_inside([off])[off.pk])
    if not number:
        say(request, anchor(off), _("The time off is saved."))
        return back_to(anchor(off))
    words = ngettext(
        "The time off is saved. %(number)s appointment lies inside: please move or cancel it.",
        "The time off is saved. %(number)s appointments lie inside: please move or cancel them.",
        number,
    )
    messages.warning(request, words % {"number": number})
    return redirect("doctor_time_off", time_off_id=off.pk)


def _form(
    request: HttpRequest, professional: Professional, form: Any, kind: str, **context: Any
) -> HttpResponse:
    context |= page_context(professional) | {"form": form, "kind": kind}
    return render(request, "bookings/availability_time_off.html", context, status=status_of(form))
