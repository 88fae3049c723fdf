"""What happens to plans and memberships when somebody leaves.

A practice's plans are not for sale any more and nobody pays for one; what has not begun goes back in full; who is in
the middle of one is told, and so are staff, who decide about the money. A patient's own go on, their money stays.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.leaving import Part
from accounts.models import User
from bookings.events import memberships as membership_events
from bookings.models import Membership, Plan
from bookings.selectors.memberships import not_over
from bookings.services.memberships import give_back, let_go
from bookings.services.plans import offer_plan
from core.actor import Actor

log = logging.getLogger(__name__)


def foretell(user: User) -> list[str]:
    """What becomes of memberships, in sentences. Two queries."""
    now = timezone.now()
    own, running, ahead = _counted(user, now)
    said = []
    if own:
        words = ngettext(
            "You have a membership that is not over. Its money does not come back by itself.",
            "You have %(count)d memberships that are not over. Their money does not come back by itself.",
            own,
        )
        said.append(words % {"count": own})
    if _for_sale(user).exists():
        said.append(_("Your plans are not for sale any more."))
    if ahead:
        words = ngettext(
            "%(count)d membership that has not begun is cancelled, and the patient gets all of its money back.",
            "%(count)d memberships that have not begun are cancelled, and the patients get all of their money back.",
            ahead,
        )
        said.append(words % {"count": ahead})
    if running:
        words = ngettext(
            "%(count)d membership still runs: the patient is told, and our staff decide about its money.",
            "%(count)d memberships still run: the patients are told, and our staff decide about their money.",
            running,
        )
        said.append(words % {"count": running})
    return said


def _counted(user: User, now: datetime) -> tuple[int, int, int]:
    """Own ones that are not over; those of the practice that run, and that begin later."""
    practice = Q(plan__professional__user=user)
    open_ones = Membership.objects.filter(Q(user=user) | practice, not_over(now))
    found = open_ones.aggregate(
        own=Count("pk", filter=Q(user=user)),
        running=Count("pk", filter=practice & Q(starts_at__lte=now)),
        ahead=Count("pk", filter=practice & Q(starts_at__gt=now)),
    )
    return found["own"], found["running"], found["ahead"]


def settle(user: User, staff_id: UUID | None, until: float) -> bool:
    """One after the other, each in a transaction of its own. True when nothing is left."""
    now, actor = timezone.now(), Actor("staff", staff_id) if staff_id else Actor("professional", user.pk)
    jobs: list[tuple[QuerySet[Plan] | QuerySet[Membership], Callable[[UUID], object]]] = [
        (_unpaid(user), let_go),
        (_for_sale(user), lambda plan_id: _end_sale(plan_id, actor)),
        (_ahead(user, now), _call_off),
        (_running(user, now), _leave_alone),
    ]
    for rows, verb in jobs:
        for row_id in list(rows.order_by("pk").values_list("pk", flat=True)):
            if time.monotonic() >= until or not User.objects.filter(pk=user.pk, is_active=False).exists():
                return False
            try:
                verb(row_id)
            except Exception:
                log.exception("not settled", extra={"row": str(row_id)})
    return not any(rows.exists() for rows, _verb in jobs)


LEAVING = Part(settle=settle, foretell=foretell)


def _of_practice(user: User) -> QuerySet[Membership]:
    return Membership.objects.filter(plan__professional__user=user, cancelled_at=None)


def _unpaid(user: User) -> QuerySet[Membership]:
    """What was paid just now stays until its money is told of."""
    either = Q(user=user) | Q(plan__professional__user=user)
    return Membership.objects.filter(either, starts_at=None, cancelled_at=None)


def _for_sale(user: User) -> QuerySet[Plan]:
    return Plan.objects.filter(professional__user=user, is_offered=True)


def _ahead(user: User, now: datetime) -> QuerySet[Membership]:
    return _of_practice(user).filter(starts_at__gt=now)


def _running(user: User, now: datetime) -> QuerySet[Membership]:
    """Of which nobody was told yet: there is still something to write about their end."""
    return _of_practice(user).filter(starts_at__lte=now, ends_at__gt=now, next_notice_at__isnull=False)


def _end_sale(plan_id: UUID, actor: Actor) -> None:
    plan = Plan.objects.select_related("professional").get(pk=plan_id)
    offer_plan(professional=plan.professional, plan_id=plan_id, offered=False, actor=actor)


@transaction.atomic
def _call_off(membership_id: UUID) -> None:
    give_back(membership_id, "practice_left")


@transaction.atomic
def _leave_alone(membership_id: UUID) -> None:
    """Told once: nothing is written about its end any more."""
    rows = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("plan")
    membership = rows.get(pk=membership_id)
    if membership.next_notice_at is None or membership.cancelled_at is not None:
        return
    membership.next_notice_at = None
    membership.save(update_fields=["next_notice_at"])
    membership_events.tell(membership_events.MembershipLeftAlone, membership)
