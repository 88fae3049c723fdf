"""A practice moves or cancels one of its bookings. What was typed stays, whatever is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.models import Professional
from bookings import services
from bookings.discretion import discreet
from bookings.forms.consultations import PLEASE_TICK, CancelForm, HandTimeForm, MoveForm
from bookings.hindrances import hindrances
from bookings.models import Booking
from bookings.services.closing import may_cancel
from bookings.services.moving import may_move
from bookings.services.taking import as_booked
from bookings.views.calendar import parse_start
from bookings.views.consultations import money_of, other_zone
from bookings.views.people import professional_only
from bookings.views.practice import actor_of, came_from, own_booking, told, way_back
from bookings.views.practice_times import alternatives, is_unfit, practice_times
from core.errors import DomainError
from core.form_pages import read_or_send, status_of
from core.templatetags.ui import start_text


@never_cache
@professional_only
@read_or_send
def consultation_move(request: HttpRequest, professional: Professional, booking_id: UUID) -> HttpResponse:
    """Another time: chosen among the free ones (`?day=`) or typed (`?date=&time=`), looked at with what it means
    (`?start=`, `?duration=`), taken (POST)."""
    booking = own_booking(professional, booking_id)
    if not may_move(booking, "professional", timezone.now()):
        messages.error(request, _("This appointment cannot be moved any more."))
        return redirect("consultation", booking_id=booking.pk)
    if "start" in request.GET:
        start = parse_start(request.GET["start"])
        return _move(request, booking, start) if request.method == "POST" else _look(request, booking, start)
    if "date" not in request.GET:
        return _choose(request, booking, HandTimeForm(zone=professional.zone))
    by_hand = HandTimeForm(request.GET, zone=professional.zone)
    if not by_hand.is_valid():
        return _choose(request, booking, by_hand, status=400)
    return redirect(f"{request.path}?{urlencode({'start': start_text(by_hand.start)} | _kept(request))}")


def _choose(
    request: HttpRequest, booking: Booking, by_hand: HandTimeForm, *, status: int = 200
) -> HttpResponse:
    service, kept = as_booked(booking), _kept(request)
    times = practice_times(request, service, keep=kept, near=booking.starts_at, moved=booking)
    context = _about(booking) | times | kept | {"hand_form": by_hand, "carried": kept.items()}
    return render(request, "bookings/consultation_move.html", context, status=status)


def _look(request: HttpRequest, booking: Booking, start: datetime) -> HttpResponse:
    asked = request.GET.get("duration", "")
    form = MoveForm(initial={"duration": asked if asked.isdecimal() else booking.duration_minutes})
    return _confirm(request, booking, start, form)


def _move(request: HttpRequest, booking: Booking, start: datetime) -> HttpResponse:
    form = MoveForm(request.POST)
    if "another" in request.POST or not form.is_valid():
        return _confirm(request, booking, start, form)
    typed = form.cleaned_data
    try:
        with discreet():
            services.reschedule(
                booking_id=booking.pk,
                starts_at=start,
                actor=actor_of(booking.professional),
                reason=typed["reason"],
                duration_minutes=typed["duration"],
                outside_hours=typed["outside_hours"],
            )
    except DomainError as refusal:
        return _confirm(request, booking, start, form, refusal)
    told = booking.patient.email
    messages.success(
        request, _("Moved. The patient has been told.") if told else _("The appointment is moved.")
    )
    return way_back(request, reverse("consultation", args=[booking.pk]))


def _confirm(
    request: HttpRequest,
    booking: Booking,
    start: datetime,
    form: MoveForm,
    refusal: DomainError | None = None,
) -> HttpResponse:
    """What the move means, what stands in its way, and other times where it cannot be had."""
    duration = _duration(form, booking)
    service = as_booked(booking, duration)
    (found,) = hindrances([service], start, without_booking=booking.pk)
    if refusal is not None and refusal.attr in form.fields:
        form.add_error(refusal.attr, str(refusal))
    elif refusal is not None and found.may_be_overruled:
        form.add_error("outside_hours", PLEASE_TICK)
    unfit = is_unfit(found, refusal)
    context = _about(booking) | {
        "start": timezone.localtime(start),
        "end": timezone.localtime(start) + timedelta(minutes=duration),
        "form": form,
        "hindrances": found,
        "unfit": unfit,
        # What the hindrances say already, in words for the practice, is not said twice.
        "refusal": refusal if refusal is not None and not found and not form.errors else None,
        "alternatives": alternatives(service, start) if unfit else [],
    }
    context |= _kept(request)
    pressed_another = "another" in request.POST
    status = refusal.status if refusal else 400 if form.errors and not pressed_another else 200
    return render(request, "bookings/consultation_move.html", context, status=status)


def _duration(form: MoveForm, booking: Booking) -> int:
    """The length that stands in the form, where it is one; else as booked."""
    try:
        return int(form.fields["duration"].clean(form["duration"].value()))
    except ValidationError:
        return booking.duration_minutes


def _kept(request: HttpRequest) -> dict[str, str]:
    """Where the person came from, if the page they were on said so."""
    return {"next": page} if (page := came_from(request)) else {}


def _about(booking: Booking) -> dict[str, Any]:
    return {
        "section": "consultations",
        "booking": booking,
        "professional": booking.professional,
        "zone": booking.professional.timezone,
        "other_zone": other_zone(booking),
    }


@never_cache
@professional_only
@read_or_send
def consultation_cancel(request: HttpRequest, professional: Professional, booking_id: UUID) -> HttpResponse:
    """What cancelling means for the patient, and the cancelling itself (POST)."""
    booking = own_booking(professional, booking_id)
    if not may_cancel(booking, "professional", timezone.now()):
        messages.error(request, _("This appointment cannot be cancelled any more."))
        return redirect("consultation", booking_id=booking.pk)
    form = CancelForm(request.POST if request.method == "POST" else None)
    refusal: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            cancelled = services.cancel(
                booking_id=booking.pk, actor=actor_of(professional), reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, told(cancelled, _("Cancelled.")))
            return way_back(request, reverse("consultation", args=[booking.pk]))
    context = _about(booking) | money_of(booking) | {"form": form, "refusal": refusal}
    context |= _kept(request)
    status = refusal.status if refusal else status_of(form)
    return render(request, "bookings/consultation_cancel.html", context, status=status)
