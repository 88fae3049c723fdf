"""The professional's day: what waits for an answer, what is now, what comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Professional, Role
from bookings import selectors, services
from bookings.access import join_state
from bookings.forms import ReasonForm
from bookings.lifecycle_table import Status
from bookings.models import Booking
from bookings.views.fresh import answer_if_changed, version_of
from bookings.views.people import user_of
from core.actor import Actor
from core.errors import DomainError, NotAllowed

View = Callable[..., HttpResponse]
COMING_DAYS = 14


def professional_only(view: View) -> View:
    """Signed in as a professional; times of these pages are the practice's own."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        professional = Professional.objects.filter(user=user_of(request)).select_related("user").first()
        if professional is None or professional.user.role != Role.PROFESSIONAL:
            raise NotAllowed
        timezone.activate(professional.zone)
        return view(request, professional, *args, **kwargs)

    return guarded


@never_cache
@professional_only
@require_safe
def doctor_today(request: HttpRequest, professional: Professional) -> HttpResponse:
    """Asked for anew by the page itself when something happens, and every half minute."""
    now = timezone.now()
    midnight = datetime.combine(timezone.localdate() + timedelta(days=1), time(0), professional.zone)
    mine = selectors.bookings_of_professional(professional.user).order_by("starts_at", "id")
    waiting = list(mine.filter(status=Status.WAITING_FOR_PROFESSIONAL, ends_at__gt=now))
    agreed = mine.filter(status__in=[Status.CONFIRMED, Status.IN_PROGRESS])
    coming = list(
        agreed.filter(
            ends_at__gt=now - timedelta(hours=12), starts_at__lt=midnight + timedelta(days=COMING_DAYS)
        )
    )
    present = [booking for booking in coming if join_state(booking, now).can_join]
    later = [booking for booking in coming if booking not in present]
    shown = [*waiting, *coming]
    context = {
        "professional": professional,
        "waiting": waiting,
        "waiting_count": len(waiting),
        "present": present,
        "today": [booking for booking in later if booking.starts_at < midnight],
        "coming": [booking for booking in later if booking.starts_at >= midnight],
        "now": now,
        "section": "today",
        "zone": professional.timezone,
        "reason_form": ReasonForm(),
        "version": version_of(shown),
    }
    return answer_if_changed(request, "bookings/doctor_today.html", context)


def _verb(act: Callable[[Booking, Actor, str], Booking], done: Callable[[Booking], str]) -> View:
    """A page's button for one verb of the domain: the booking must be the professional's own."""

    @professional_only
    @require_POST
    def press(request: HttpRequest, professional: Professional, booking_id: UUID) -> HttpResponse:
        booking = selectors.booking_for(professional.user, booking_id)
        form = ReasonForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        try:
            act(booking, Actor("professional", professional.user_id), reason)
            messages.success(request, done(booking))
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("doctor_today")

    return press


doctor_accept = _verb(
    lambda booking, actor, reason: services.accept(booking_id=booking.id, actor=actor),
    lambda booking: _("Accepted. The patient has been told."),
)
doctor_reject = _verb(
    lambda booking, actor, reason: services.reject(booking_id=booking.id, actor=actor, reason=reason),
    lambda booking: _("Declined. The patient has been told and gets back what was paid."),
)
doctor_cancel = _verb(
    lambda booking, actor, reason: services.cancel(booking_id=booking.id, actor=actor, reason=reason),
    lambda booking: _("Cancelled. The patient has been told and gets back what was paid."),
)
doctor_no_show = _verb(
    lambda booking, actor, reason: services.mark_no_show(booking_id=booking.id, actor=actor),
    lambda booking: _("Noted: the patient did not come."),
)
doctor_complete = _verb(
    lambda booking, actor, reason: services.finish(booking_id=booking.id, actor=actor),
    lambda booking: _("The appointment is complete."),
)
