"""The professional's day: what waits for an answer, what is now, what comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Professional
from bookings import selectors, services
from bookings.access import join_state
from bookings.domain.lifecycle_table import Status
from bookings.forms import ReasonForm
from bookings.models import Booking, CancelledBy
from bookings.selectors.requests import pending_requests_of
from bookings.services.closing import may_cancel
from bookings.services.meeting import may_finish_by_hand, may_mark_no_show
from bookings.views.fresh import answer_if_changed, version_of
from bookings.views.people import View, professional_only
from bookings.views.practice import actor_of, own_booking, told, way_back
from core.actor import Actor
from core.errors import DomainError
from core.web import say_no

DAY = timedelta(days=1)
COMING_DAYS = 14


@dataclass(frozen=True)
class Row:
    """An appointment on the day, and what the professional may say of it now."""

    booking: Booking
    may_finish: bool
    may_mark_no_show: bool
    may_cancel: bool

    @classmethod
    def of(cls, booking: Booking, now: datetime) -> Row:
        return cls(
            booking,
            may_finish=may_finish_by_hand(booking, now),
            may_mark_no_show=may_mark_no_show(booking, now),
            may_cancel=may_cancel(booking, CancelledBy.PROFESSIONAL, now),
        )

    @property
    def verbs(self) -> tuple[bool, ...]:
        return self.may_finish, self.may_mark_no_show, self.may_cancel


@never_cache
@professional_only
@require_safe
def doctor_today(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Asked for anew by the page itself when something happens, and every half minute."""
    now = timezone.now()
    begin, midnight = _edges_of_today(professional)
    mine = selectors.bookings_of_professional(professional.user).order_by("starts_at", "id")
    waiting = list(mine.filter(status=Status.WAITING_FOR_PROFESSIONAL, ends_at__gt=now))
    agreed = mine.filter(status__in=[Status.CONFIRMED, Status.IN_PROGRESS])
    near = agreed.filter(ends_at__gt=now - DAY / 2, starts_at__lt=midnight + COMING_DAYS * DAY)
    rows = [Row.of(booking, now) for booking in near]
    present = [row for row in rows if join_state(row.booking, now).can_join]
    later = [row for row in rows if row not in present]
    done = list(mine.filter(status__in=[Status.COMPLETED, Status.NO_SHOW], closed_at__gte=begin))
    asked = pending_requests_of(professional.user)
    shown = [*waiting, *(row.booking for row in rows), *done]
    context = {
        "professional": professional,
        "waiting": waiting,
        "waiting_count": len(waiting),
        "pending_requests": asked,
        "present": present,
        "today": [row for row in later if row.booking.starts_at < midnight],
        "coming": [row for row in later if row.booking.starts_at >= midnight],
        "done": [Row.of(booking, now) for booking in done],
        "now": now,
        "section": "today",
        "zone": professional.timezone,
        "reason_form": ReasonForm(),
        "version": version_of(shown, [row.verbs for row in rows], asked),
    }
    return answer_if_changed(request, "bookings/doctor_today.html", context)


def _edges_of_today(professional: Professional) -> tuple[datetime, datetime]:
    today = timezone.localdate()
    begin, end = (datetime.combine(day, time(0), professional.zone) for day in (today, today + DAY))
    return begin, end


def _verb(act: Callable[[Booking, Actor, str], Booking], done: Callable[[Booking], str]) -> View:
    """A page's button for one verb of the domain: the booking must be the professional's own. `next` says where
    the button was."""

    @professional_only
    @require_POST
    def press(request: HttpRequest, professional: Professional, booking_id: UUID) -> HttpResponse:
        booking = own_booking(professional, booking_id)
        back = way_back(request, reverse("doctor_today"))
        form = ReasonForm(request.POST)
        if not form.is_valid():
            messages.error(request, form.problem)
            return back
        try:
            changed = act(booking, actor_of(professional), form.cleaned_data["reason"])
            messages.success(request, done(changed))
        except DomainError as error:
            say_no(request, error)
        return back

    return press


doctor_accept = _verb(
    lambda booking, actor, reason: services.accept(booking_id=booking.id, actor=actor),
    lambda booking: told(booking, _("Accepted.")),
)
doctor_reject = _verb(
    lambda booking, actor, reason: services.reject(booking_id=booking.id, actor=actor, reason=reason),
    lambda booking: told(booking, _("Declined.")),
)
doctor_cancel = _verb(
    lambda booking, actor, reason: services.cancel(booking_id=booking.id, actor=actor, reason=reason),
    lambda booking: told(booking, _("Cancelled.")),
)
doctor_no_show = _verb(
    lambda booking, actor, reason: services.mark_no_show(booking_id=booking.id, actor=actor),
    lambda booking: _("Noted: the patient did not come."),
)
doctor_complete = _verb(
    lambda booking, actor, reason: services.finish(booking_id=booking.id, actor=actor),
    lambda booking: _("The appointment is complete."),
)
