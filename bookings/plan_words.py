"""Plans and memberships in words: how long, how often, in what state, and until when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from babel.dates import format_date
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from bookings.models import Membership
from bookings.selectors.memberships import Left


class Standing(StrEnum):
    """Where a membership stands now. `cancelled`: it was never paid, or could not begin."""

    UNPAID = "unpaid"
    COMING = "coming"
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"
    RETURNED = "returned"


CURRENT = frozenset({Standing.UNPAID, Standing.COMING, Standing.RUNNING})

STANDING_WORDS: dict[Standing, str | Promise] = {
    Standing.UNPAID: gettext_lazy("Not paid yet"),
    Standing.COMING: gettext_lazy("Begins later"),
    Standing.RUNNING: gettext_lazy("Valid now"),
    Standing.ENDED: gettext_lazy("Over"),
    Standing.CANCELLED: gettext_lazy("Cancelled before it began"),
    Standing.RETURNED: gettext_lazy("Money returned"),
}
STANDING_TONES = {
    Standing.UNPAID: "warn",
    Standing.COMING: "info",
    Standing.RUNNING: "ok",
    Standing.ENDED: "",
    Standing.CANCELLED: "",
    Standing.RETURNED: "bad",
}


def standing_of(membership: Membership, now: datetime) -> Standing:
    if membership.cancelled_at:
        return Standing.RETURNED if membership.starts_at else Standing.CANCELLED
    if membership.starts_at is None or membership.ends_at is None:
        return Standing.UNPAID
    if membership.starts_at > now:
        return Standing.COMING
    return Standing.RUNNING if membership.ends_at > now else Standing.ENDED


def standing_rules(now: datetime) -> dict[str, Q]:
    """The same of all, for a query."""
    kept = Q(cancelled_at=None)
    return {
        Standing.UNPAID: kept & Q(starts_at=None),
        Standing.COMING: kept & Q(starts_at__gt=now),
        Standing.RUNNING: kept & Q(starts_at__lte=now, ends_at__gt=now),
        Standing.ENDED: kept & Q(ends_at__lte=now),
        Standing.CANCELLED: ~kept & Q(starts_at=None),
        Standing.RETURNED: ~kept & Q(starts_at__isnull=False),
    }


def are_current(now: datetime) -> Q:
    """What somebody has, or is about to have."""
    return Q.create([rule for standing, rule in standing_rules(now).items() if standing in CURRENT], Q.OR)


def months_words(months: int) -> str:
    """ "3 months", "1 year"."""
    years, rest = divmod(months, 12)
    if years and not rest:
        return ngettext("%(number)d year", "%(number)d years", years) % {"number": years}
    return ngettext("%(number)d month", "%(number)d months", months) % {"number": months}


def for_months(months: int) -> str:
    return _("for %(time)s") % {"time": months_words(months)}


def how_often(times: int | None) -> str:
    """Of a service in the whole time of a plan."""
    if times is None:
        return _("as often as needed")
    return ngettext("%(number)d time", "up to %(number)d times", times) % {"number": times}


def left_words(one: Left) -> str:
    """What a member still has of a service."""
    if one.left is None:
        return _("as often as needed")
    return _("%(left)d of %(times)d left") % {"left": one.left, "times": one.included.times}


def day_words(moment: datetime) -> str:
    """ "21 Dec 2026", in the active zone: a membership ends in another month, or another year."""
    language = (get_language() or "es").partition("-")[0]
    return format_date(timezone.localtime(moment), "d MMM y", locale=language)


def period_words(membership: Membership) -> str:
    """ "21 Nov 2026 – 21 Feb 2027"; words for one that has no times yet."""
    if membership.starts_at is None or membership.ends_at is None:
        return _("Begins when it is paid")
    days = (day_words(moment).replace(" ", "\u00a0") for moment in (membership.starts_at, membership.ends_at))
    return " – ".join(days)
