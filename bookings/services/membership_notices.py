"""A member is written to a week before the end, and at the end; and what nobody paid is let go after some days.

When the next letter is due stands on the membership (`next_notice_at`), so that a sweep finds it whoever was down. The
letter and the next time are written in one transaction: whatever dies where, it is written once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from bookings.membership_letters import tell_member
from bookings.models import Membership
from bookings.selectors.memberships import whole_memberships
from bookings.services.memberships import let_go

log = logging.getLogger(__name__)
BATCH = 200
# After this nobody comes back to a checkout; money that does begins the membership all the same.
UNPAID_FOR = timedelta(days=7)
DUE = Q(next_notice_at__lte=Now())


def send_membership_notices() -> int:
    """What is due by the database's clock; returns how many memberships it saw to.

    One that fails is logged, stays due and does not hold up the others.
    """
    forgotten = Membership.objects.filter(
        starts_at=None, cancelled_at=None, created_at__lte=Now() - UNPAID_FOR
    )
    return _each(Membership.objects.filter(DUE).order_by("next_notice_at"), _notify) + _each(
        forgotten.order_by("pk"), let_go
    )


def _each(due: QuerySet[Membership], verb: Callable[[UUID], bool]) -> int:
    seen_to = 0
    for membership_id in due.values_list("pk", flat=True)[:BATCH]:
        try:
            seen_to += verb(membership_id)
        except Exception:
            log.exception("membership not seen to", extra={"membership": str(membership_id)})
    return seen_to


@transaction.atomic
def _notify(membership_id: UUID) -> bool:
    """False when another worker has it, or it is not due any more."""
    free = Membership.objects.select_for_update(skip_locked=True, no_key=True)
    locked = free.filter(DUE, pk=membership_id).annotate(now=Now()).first()
    if locked is None or locked.ends_at is None:
        return False
    now: datetime = locked.now  # the database's clock, like what is due by it
    is_over = now >= locked.ends_at
    if not _is_followed(locked):
        kind = "membership_ended" if is_over else "membership_ending"
        key = f"{kind}:{locked.pk}:{int(locked.ends_at.timestamp())}"
        tell_member(whole_memberships().get(pk=locked.pk), kind, key=key)
    following = None if is_over else locked.ends_at
    Membership.objects.filter(pk=locked.pk).update(next_notice_at=following)
    return True


def _is_followed(membership: Membership) -> bool:
    """By a later one of the same plan."""
    later = Membership.objects.filter(user=membership.user_id, plan=membership.plan_id, cancelled_at=None)
    return later.filter(ends_at__gt=membership.ends_at).exists()
