"""Who may come to a booking: by account, or by the private link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import with_photo
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking
from bookings.selectors import whole_bookings
from core.errors import Missing, NotAllowed, Refused

SeatRole = Literal["professional", "patient"]

_signer = Signer(sep="~", salt="bookings.manage")


def token_of(booking: Booking) -> str:
    """The private link's token. Nothing of it is stored: it is the booking's id and which link of it, signed."""
    version = f".{booking.link_version}" if booking.link_version else ""
    return _signer.sign(booking.pk.hex + version)


def booking_by_token(token: str) -> Booking:
    """Raises Missing."""
    try:
        pk, _dot, version = _signer.unsign(token).partition(".")
        whole = with_photo(whole_bookings(), "professional__")
        booking = whole.filter(pk=UUID(pk), link_version=int(version or 0)).first()
    except (BadSignature, ValueError):
        booking = None
    if booking is None:
        raise Missing(_("This link leads to no appointment."))
    return booking


def manage_url(booking: Booking) -> str:
    return settings.PUBLIC_URL + reverse("manage", args=[token_of(booking)])


def role_in(booking: Booking, user: User | AnonymousUser) -> SeatRole | None:
    """The side a user stands on. `professional.user` and `patient` must be loaded."""
    if not user.is_authenticated:
        return None
    if booking.professional.user_id == user.pk:
        return "professional"
    return "patient" if booking.patient.user_id == user.pk else None


def seat_of(booking_id: UUID, user: User) -> tuple[Booking, SeatRole]:
    """The booking and the user's side of it. Raises Missing, or NotAllowed for somebody else's meeting."""
    booking = whole_bookings().filter(pk=booking_id).first()
    if booking is None:
        raise Missing
    role = role_in(booking, user)
    if role is None:
        raise NotAllowed(_("Not authorized to join this meeting"), code="not_your_meeting")
    return booking, role


@dataclass(frozen=True)
class JoinState:
    """May one enter the room now? `code` says why not: not_ready_to_join, too_early, too_late, no_meeting."""

    can_join: bool
    code: str
    opens_at: datetime | None
    closes_at: datetime | None


def join_state(booking: Booking, now: datetime | None = None) -> JoinState:
    now = now or timezone.now()
    meeting = booking.meeting
    if meeting is None:
        return JoinState(False, "no_meeting", None, None)

    def state(code: str) -> JoinState:
        return JoinState(code == "", code, meeting.opens_at, meeting.closes_at)

    if booking.status == Status.IN_PROGRESS:
        return state("")
    if booking.status != Status.CONFIRMED:
        return state("not_ready_to_join")
    if now < meeting.opens_at:
        return state("too_early")
    return state("too_late" if now >= meeting.closes_at else "")


def require_joinable(booking: Booking, now: datetime | None = None) -> None:
    """Raises Refused with the words of the reason."""
    state = join_state(booking, now)
    if state.can_join:
        return
    messages = {
        "no_meeting": _("This appointment has no online meeting."),
        "too_early": _("The meeting room is not open yet."),
        "too_late": _("The time of this meeting is over."),
    }
    message = messages.get(state.code) or _("Meeting is not ready to join. Current status: %(status)s") % {
        "status": booking.status
    }
    raise Refused(message, code=state.code)
