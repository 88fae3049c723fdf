"""A booking's own page behind its private link: pay, join, move, cancel, take it to the calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from bookings import services
from bookings.access import booking_by_token, join_state, manage_url, role_in, token_of
from bookings.calendar_file import calendar_file
from bookings.changes import changes_of
from bookings.discretion import discreet
from bookings.domain.lifecycle_table import Status
from bookings.forms import ReasonForm
from bookings.models import Booking
from bookings.services.money import SUBJECT
from bookings.services.taking import as_booked
from bookings.views.calendar import parse_start
from bookings.views.checkout import to_checkout
from bookings.views.choosing import about, time_choice
from bookings.views.fresh import answer_if_changed, version_of
from bookings.views.search import MoveSearch
from bookings.views.zones import remember_zone, zone_of
from core.actor import Actor
from core.errors import DomainError
from core.form_pages import read_or_send
from core.limits import public_write
from core.web import say_no
from live import tickets
from payments.selectors import has_open_question, owed_back, payment_of, was_declined
from payments.ways import is_on_its_way, ways_to_pay

# The page asks for itself anew when its line is refused, so a day is enough.
TICKET_SECONDS = 24 * 3600
# A time held longer than this needs no seconds counted.
COUNTED_DOWN = timedelta(hours=1)


@require_safe
@never_cache
def manage(request: HttpRequest, token: str) -> HttpResponse:
    booking = booking_by_token(token)
    zone_of(request, practice=booking.professional.zone, modality=booking.modality)
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
    time_to_pay = _time_to_pay(booking, now)
    can_pay = bool(time_to_pay) and not open_question
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
        "can_pay": can_pay,
        "ways_to_pay": ways_to_pay(payment) if can_pay and payment else [],
        "on_its_way": can_pay and payment is not None and is_on_its_way(payment),
        "counts_down": can_pay and time_to_pay <= COUNTED_DOWN,
        "changes": changes_of(booking, payment, now),
        "room_url": reverse("guest_room", args=[token_of(booking)]),
        "cancel_form": ReasonForm(),
        "now": now,
    }


def _time_to_pay(booking: Booking, now: datetime) -> timedelta:
    """How long the time is still held; nothing once it is over, or where nothing is to be paid."""
    if booking.status != Status.PENDING_PAYMENT or booking.hold_ends_at is None:
        return timedelta(0)
    return max(booking.hold_ends_at - now, timedelta(0))


@require_POST
@public_write
def manage_pay(request: HttpRequest, token: str) -> HttpResponse:
    return to_checkout(request, booking_by_token(token))


@require_POST
@public_write
def manage_cancel(request: HttpRequest, token: str) -> HttpResponse:
    """The account that owns the booking may come from its own list (`next`), and goes back there."""
    booking = booking_by_token(token)
    owner = _owner(request, booking)
    from_list = owner is not None and request.POST.get("next") == reverse("my_bookings")
    back = redirect("my_bookings") if from_list else redirect("manage", token=token)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.problem)
        return back
    try:
        services.cancel(booking_id=booking.id, actor=_actor(owner), reason=form.cleaned_data["reason"])
        if from_list:
            messages.success(request, _("The appointment is cancelled."))
    except DomainError as error:
        say_no(request, error)
    return back


@read_or_send
@never_cache
@public_write
def manage_move(request: HttpRequest, token: str) -> HttpResponse:
    """Another time for the same booking: choose (`?day=`), confirm (`?start=`), move (POST)."""
    booking = booking_by_token(token)
    zone = zone_of(request, practice=booking.professional.zone, modality=booking.modality)
    if request.method == "POST":
        return _move(request, booking, zone)
    context = _moving(booking)
    if context["changes"].can_move:
        if "start" in request.GET:
            context |= {"start": parse_start(request.GET["start"]), "move_form": ReasonForm()}
        else:
            context |= time_choice(request, MoveSearch.of(booking, zone, _owner(request, booking)))
    return remember_zone(request, render(request, "bookings/move.html", context))


def _moving(booking: Booking) -> dict[str, Any]:
    now = timezone.now()
    known = {"booking": booking, "token": token_of(booking), "now": now, "time_url": ""}
    return about(as_booked(booking)) | known | {"changes": changes_of(booking, None, now)}


def _move(request: HttpRequest, booking: Booking, zone: ZoneInfo) -> HttpResponse:
    owner, form = _owner(request, booking), ReasonForm(request.POST)
    try:
        start = parse_start(request.POST.get("start", ""))
        if not form.is_valid():
            context = _moving(booking) | {"start": start, "move_form": form}
            return render(request, "bookings/move.html", context, status=400)
        with discreet(owner, booking.patient.email):
            services.reschedule(
                booking_id=booking.id,
                starts_at=start,
                actor=_actor(owner),
                reason=form.cleaned_data["reason"],
            )
    except DomainError as error:
        context = _moving(booking) | {"refusal": str(error)}
        if context["changes"].can_move:
            context |= time_choice(request, MoveSearch.of(booking, zone, owner))
        return render(request, "bookings/move.html", context, status=error.status)
    messages.success(request, _("Your appointment has been moved."))
    return redirect("manage", token=token_of(booking))


def _owner(request: HttpRequest, booking: Booking) -> User | None:
    """The account whose booking it is, where it is signed in; a link alone is nobody's account."""
    user = request.user
    return user if isinstance(user, User) and role_in(booking, user) == "patient" else None


def _actor(owner: User | None) -> Actor:
    return Actor("patient", owner.pk if owner else None)


@require_safe
def manage_calendar(request: HttpRequest, token: str) -> HttpResponse:
    booking = booking_by_token(token)
    response = HttpResponse(
        calendar_file(booking, link=manage_url(booking), to=None), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="vicita-{booking.reference}.ics"'
    return response
