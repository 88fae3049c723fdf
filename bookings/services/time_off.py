"""When a practice is away: hours, days or weeks.

Time off may lie over appointments that are agreed already: they stay, and `bookings_inside` tells which, so that the
professional moves or cancels them. Each verb locks the professional, so that nobody books meanwhile.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Professional
from bookings.domain.days_off import FARTHEST, LONGEST, days_of
from bookings.domain.lengths import LINE, kept_reason
from bookings.models import TimeOff
from bookings.selectors.availability import time_off_of
from bookings.services.overlaps import overlaps_in_words
from bookings.services.transition import lock_professional, require_practice
from core.actor import Actor
from core.errors import Refused

# That have not ended; what is past does not count.
MOST_TIMES_OFF = 500


@transaction.atomic
def add_time_off(
    *, professional: Professional, actor: Actor, starts_at: datetime, ends_at: datetime, reason: str = ""
) -> TimeOff:
    """Closes from `starts_at` until before `ends_at` (UTC).

    Raises NotAllowed, and Refused: `overlap` (extra `overlaps`: the id of the time off in the way), `order`,
    `seconds`, `past` (it has ended already), `too_long`, `too_far`, `too_many`, `reason_too_long`.
    """
    require_practice(actor)
    practice = lock_professional(professional.pk)
    off = TimeOff(professional=practice, starts_at=starts_at, ends_at=ends_at, reason=_line(reason))
    _require_times(off)
    _require_room(practice)
    with overlaps_in_words(lambda: _overlap(off)):
        off.save(force_insert=True)
    return off


@transaction.atomic
def change_time_off(
    *,
    professional: Professional,
    actor: Actor,
    time_off_id: UUID,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str | None = None,
) -> TimeOff:
    """What is None stays. Raises Missing, and what `add_time_off` raises."""
    require_practice(actor)
    lock_professional(professional.pk)
    off = time_off_of(professional, time_off_id)
    before = off.starts_at, off.ends_at
    off.starts_at = starts_at or off.starts_at
    off.ends_at = ends_at or off.ends_at
    off.reason = off.reason if reason is None else _line(reason)
    if (off.starts_at, off.ends_at) != before:
        _require_times(off)
    with overlaps_in_words(lambda: _overlap(off)):
        off.save()
    return off


@transaction.atomic
def remove_time_off(*, professional: Professional, actor: Actor, time_off_id: UUID) -> None:
    """Raises NotAllowed, Missing."""
    require_practice(actor)
    lock_professional(professional.pk)
    time_off_of(professional, time_off_id).delete()


def _require_times(off: TimeOff) -> None:
    now = timezone.now()
    for name in ("starts_at", "ends_at"):
        moment: datetime = getattr(off, name)
        if moment.second or moment.microsecond:
            raise Refused(_("Please give whole minutes, as in 09:30."), code="seconds", attr=name)
    if off.ends_at <= off.starts_at:
        raise Refused(_("The end must be after the start."), code="order", attr="ends_at")
    if off.ends_at <= now:
        raise Refused(_("This time is already past."), code="past", attr="ends_at")
    if off.ends_at - off.starts_at > LONGEST:
        raise Refused(
            _("Time off can last at most %(days)s days.") % {"days": LONGEST.days},
            code="too_long",
            attr="ends_at",
        )
    if off.starts_at - now > FARTHEST:
        raise Refused(_("This date is too far ahead."), code="too_far", attr="starts_at")


def _require_room(professional: Professional) -> None:
    coming = TimeOff.objects.filter(professional=professional, ends_at__gt=timezone.now())
    if coming.count() >= MOST_TIMES_OFF:
        raise Refused(
            _("There can be at most %(most)s times off. Please remove some that you no longer need.")
            % {"most": MOST_TIMES_OFF},
            code="too_many",
        )


def _overlap(off: TimeOff) -> Refused:
    others = TimeOff.objects.filter(
        professional_id=off.professional_id, starts_at__lt=off.ends_at, ends_at__gt=off.starts_at
    )
    other = others.exclude(pk=off.pk).order_by("starts_at").first()
    if other is None:
        return Refused(_("This time off overlaps another."), code="overlap", attr="starts_at")
    return Refused(_overlap_words(other), code="overlap", attr="starts_at", extra={"overlaps": str(other.pk)})


def _overlap_words(other: TimeOff) -> str:
    zone = other.professional.zone
    if days := days_of(other.starts_at, other.ends_at, zone):
        first, last = (date_format(day, "DATE_FORMAT") for day in days)
    else:
        first, last = (
            f"{date_format(moment, 'DATE_FORMAT')}, {moment:%H:%M}"
            for moment in (other.starts_at.astimezone(zone), other.ends_at.astimezone(zone))
        )
    return _("This overlaps the time off from %(first)s to %(last)s.") % {"first": first, "last": last}


def _line(reason: str) -> str:
    return kept_reason(" ".join(reason.split()), LINE)
