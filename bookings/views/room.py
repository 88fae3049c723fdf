"""The video room's page for either side: too early, the room, thank you, or why there is none.

What is shown follows from the booking and the meeting alone, so that a reload is always right.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts import sessions
from accounts.models import User
from bookings import services
from bookings.access import SeatRole, booking_by_token, join_state, role_in, token_of
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking
from bookings.selectors import booking_for
from bookings.services.meeting import minutes_taken
from bookings.views.people import signed_in_for
from bookings.views.zones import use_zone
from core.actor import Actor
from core.errors import DomainError, Missing
from core.web import say_no
from live.tickets import SignIn
from meetings.announcements import state_for
from meetings.models import Meeting, MeetingState
from meetings.providers import join_details
from meetings.selectors import MeetingView, meeting_view, participant_of


@require_GET
@never_cache
@signed_in_for("doctor_today")
def video_room(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    """For whoever takes part and is signed in."""
    booking, role = _seat(request, booking_id)
    user = cast(User, request.user)
    return _room(request, booking, role, SignIn(user.pk, sessions.id_of(request)))


@require_GET
@never_cache
def guest_room(request: HttpRequest, token: str) -> HttpResponse:
    """For the patient, by the private link."""
    return _room(request, booking_by_token(token), "patient", None)


@require_POST
@signed_in_for("doctor_today")
def end_for_both(request: HttpRequest, booking_id: UUID) -> HttpResponse:
    """The professional ends the consultation."""
    booking, role = _seat(request, booking_id)
    if role != "professional":
        raise Missing
    try:
        services.finish(booking_id=booking.pk, actor=Actor("professional", booking.professional.user_id))
    except DomainError as error:
        say_no(request, error)
    return redirect("video_room", booking_id=booking.pk)


def _seat(request: HttpRequest, booking_id: UUID) -> tuple[Booking, SeatRole]:
    assert isinstance(request.user, User)  # noqa: S101  (signed_in_for)
    booking = booking_for(request.user, booking_id)
    role = role_in(booking, request.user)
    if role is None:
        raise Missing
    return booking, role


def _room(request: HttpRequest, booking: Booking, role: SeatRole, sign_in: SignIn | None) -> HttpResponse:
    use_zone(request, otherwise=booking.professional.zone)
    context = _people(booking, role)
    if booking.meeting is None:
        return render(request, "meetings/closed.html", context | {"why": "no_meeting"})
    view = meeting_view(booking.meeting)
    if view.state == MeetingState.ENDED or booking.status == Status.COMPLETED:
        return render(request, "meetings/thanks.html", context | {"minutes": minutes_taken(booking)})
    join = join_state(booking, view.now)  # one clock: where both differ, a room that opens is not over
    if join.can_join and view.is_open:
        details = join_details(
            booking.meeting, participant_of(booking.meeting.pk, role), context["me"], sign_in
        )
        return render(request, "meetings/room.html", context | _door(booking.meeting, view, role, details))
    if join.code == "too_early":
        soon = (view.opens_at - view.now).total_seconds() < 3600
        return render(request, "meetings/early.html", context | {"view": view, "soon": soon})
    # "" : its time is over and the sweep is about to say so.
    return render(request, "meetings/closed.html", context | {"why": join.code or "too_late"})


def _people(booking: Booking, role: SeatRole) -> dict[str, Any]:
    is_host = role == "professional"
    return {
        "booking": booking,
        "is_host": is_host,
        "me": booking.professional.name if is_host else booking.patient.shown_name,
        "other": booking.patient.shown_name if is_host else booking.professional.name,
        "back_url": reverse("doctor_today") if is_host else reverse("manage", args=[token_of(booking)]),
    }


def _door(meeting: Meeting, view: MeetingView, role: SeatRole, details: dict[str, Any]) -> dict[str, Any]:
    """What the page's script needs to go in."""
    return {
        "ticket": details.pop("ticket"),
        "room": details | {"state": state_for(view, role)},
        "limit_minutes": meeting.limit_minutes,
        "has_video": meeting.kind == "video",
    }
