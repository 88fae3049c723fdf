"""What the pages of a practice share: its own bookings, and the way back to the page one came from."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import Professional
from bookings.domain.lifecycle_table import Status
from bookings.forms.controls import OnceForm
from bookings.models import Booking
from bookings.selectors import bookings_of_professional
from core.actor import Actor
from core.errors import Missing
from core.idempotency import once


def actor_of(professional: Professional) -> Actor:
    return Actor("professional", professional.user_id)


def make_once(
    request: HttpRequest, professional: Professional, form: OnceForm, act: Callable[[], UUID]
) -> UUID:
    """The id of what `act` makes, or made when the same form was sent before, as by a double tap. Who went back and
    changed something wishes for something else. Raises what `act` raises."""
    scope, key = f"{professional.pk} {request.get_full_path()}", f"{form.wish} {request.POST.urlencode()}"
    made, _again = once(scope=scope, key=key, content="", act=act)
    return made


def own_booking(professional: Professional, booking_id: UUID) -> Booking:
    """With all that a page shows of it. Raises Missing, for other practices' as for what is not there."""
    booking = bookings_of_professional(professional.user).filter(pk=booking_id).first()
    if booking is None:
        raise Missing
    return booking


def came_from(request: HttpRequest) -> str:
    """The page of the practice that led here, as it says itself (`next`); '' for none, or for any other address."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    ours = wanted.startswith(reverse("doctor_today"))
    return wanted if ours and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def way_back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """To the page of the practice that the person was on, else to `otherwise`."""
    return HttpResponseRedirect(came_from(request) or otherwise)


def told(booking: Booking, done: str) -> str:
    """What was done, whether the patient hears of it, and whether money goes back."""
    words = [done]
    if booking.patient.email:
        words.append(_("The patient has been told."))
    else:
        words.append(_("There is no e-mail of the patient: please tell them yourself."))
    called_off = booking.status in {Status.CANCELLED, Status.REJECTED}
    if called_off and booking.is_paid_online and booking.settled_at:
        words.append(_("What was paid goes back."))
    return " ".join(words)
