"""A booking's own page behind its private link: pay, join, cancel, take it to the calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import services
from bookings.access import booking_by_token, join_state, manage_url, token_of
from bookings.calendar_file import calendar_file
from bookings.discretion import discreet
from bookings.forms import ReasonForm
from bookings.lifecycle_table import Status
from bookings.models import Booking, CancelledBy
from bookings.services.closing import may_cancel, refund_when_cancelled
from bookings.services.money import SUBJECT
from bookings.services.moving import may_move
from bookings.views.calendar import parse_start
from bookings.views.checkout import to_checkout
from bookings.views.choosing import about, time_choice
from bookings.views.fresh import answer_if_changed, version_of
from bookings.views.zones import remember_zone, use_zone
from core.actor import Actor
from core.errors import DomainError
from live import tickets
from payments.selectors import has_open_question, owed_back, payment_of, was_declined

PATIENT = Actor("patient")
# The page asks for itself anew when its line is refused, so a day is enough.
TICKET_SECONDS = 24 * 3600


@require_safe
@never_cache
def manage(request: HttpRequest, token: str) -> HttpResponse:
    booking = booking_by_token(token)
    use_zone(request, otherwise=booking.professional.zone)
    context = _state(booking)
    owed = context["owed_back"]
    money = owed and owed.state, context["open_question"], context["declined"]
    context |= {"token": token, "version": version_of([booking], money)}
    context["live_ticket"] = tickets.issue(f"booking:{booking.pk}", max_age_seconds=TICKET_SECONDS)
    context["zone"] = timezone.get_current_timezone_name()
    return answer_if_changed(request, "bookings/manage.html", context)


def _state(booking: Booking) -> dict[str, Any]:
    """What the page says of the booking now."""
    now = timezone.now()
    payment = payment_of(SUBJECT, booking.id)
    open_question = payment is not None and has_open_question(payment)
    can_cancel = may_cancel(booking, CancelledBy.PATIENT, now)
    return {
        "booking": booking,
        "professional": booking.professional,
        "service": booking.service,
        "policy": booking.professional.policy,
        "payment": payment,
        "owed_back": owed_back(payment) if payment else None,
        "open_question": open_question,
        "declined": payment is not None and was_declined(payment),
        "join": join_state(booking, now),
        "can_pay": _in_time_to_pay(booking, now) and not open_question,
        "can_cancel": can_cancel,
        "can_move": may_move(booking, CancelledBy.PATIENT, now),
        "room_url": reverse("guest_room", args=[token_of(booking)]),
        "refund": refund_when_cancelled(booking, CancelledBy.PATIENT, now) if can_cancel else None,
        "cancel_form": ReasonForm(),
        "now": now,
    }


def _in_time_to_pay(booking: Booking, now: datetime) -> bool:
    return booking.status == Status.PENDING_PAYMENT and (booking.hold_ends_at or now) > now


@require_POST
def manage_pay(request: HttpRequest, token: str) -> HttpResponse:
    return to_checkout(request, booking_by_token(token))


@require_POST
def manage_cancel(request: HttpRequest, token: str) -> HttpResponse:
    booking = booking_by_token(token)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.problem)
        return redirect("manage", token=token)
    try:
        services.cancel(booking_id=booking.id, actor=PATIENT, reason=form.cleaned_data["reason"])
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("manage", token=token)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def manage_move(request: HttpRequest, token: str) -> HttpResponse:
    """Another time for the same booking: choose (`?day=`), confirm (`?start=`), move (POST)."""
    booking = booking_by_token(token)
    zone = use_zone(request, otherwise=booking.professional.zone)
    service = booking.service
    service.professional = booking.professional
    context = {"booking": booking, "token": token, "time_url": ""}
    if request.method == "POST":
        try:
            start = parse_start(request.POST.get("start", ""))
            with discreet():
                services.reschedule(booking_id=booking.id, starts_at=start, actor=PATIENT)
        except DomainError as error:
            context |= time_choice(request, service, zone) | {"refusal": str(error)}
            return render(request, "bookings/move.html", context, status=error.status)
        messages.success(request, _("Your appointment has been moved."))
        return redirect("manage", token=token)
    if "start" in request.GET:
        asks_again = not booking.professional.policy.auto_accept
        context |= about(service) | {"start": parse_start(request.GET["start"]), "asks_again": asks_again}
    else:
        context |= time_choice(request, service, zone)
    return remember_zone(request, render(request, "bookings/move.html", context))


@require_safe
def manage_calendar(request: HttpRequest, token: str) -> HttpResponse:
    booking = booking_by_token(token)
    response = HttpResponse(
        calendar_file(booking, link=manage_url(booking), to=None), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="vicita-{booking.reference}.ics"'
    return response
