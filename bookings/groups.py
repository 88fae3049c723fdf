"""A practice's bookings in the groups that people speak of."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bookings.domain.lifecycle_table import Status

_AHEAD = (Status.PENDING_PAYMENT, Status.WAITING_FOR_PROFESSIONAL, Status.CONFIRMED)


class Group(models.TextChoices):
    COMING = "coming", _("Coming")
    TO_ANSWER = "to_answer", _("To answer")
    UNPAID = "unpaid", _("Not paid yet")
    TO_CLOSE = "to_close", _("To be closed")
    DONE = "done", _("Took place")
    OFF = "off", _("Did not take place")
    ALL = "all", _("All")

    @property
    def looks_ahead(self) -> bool:
        """Soonest first, unless somebody wants it otherwise; the others latest first."""
        return self in {Group.COMING, Group.TO_ANSWER, Group.UNPAID}


def in_group(group: Group, now: datetime) -> Q:
    """Which bookings belong to it. To be closed: nobody has said yet whether the patient came."""
    if group == Group.COMING:
        return Q(status__in=_AHEAD, ends_at__gt=now) | Q(status=Status.IN_PROGRESS)
    if group == Group.TO_CLOSE:
        return Q(status=Status.CONFIRMED, ends_at__lte=now)
    statuses = {
        Group.TO_ANSWER: [Status.WAITING_FOR_PROFESSIONAL],
        Group.UNPAID: [Status.PENDING_PAYMENT],
        Group.DONE: [Status.COMPLETED],
        Group.OFF: [Status.CANCELLED, Status.REJECTED, Status.EXPIRED, Status.NO_SHOW],
    }
    return Q(status__in=statuses[group]) if group in statuses else Q()
