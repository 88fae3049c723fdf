"""Who is told what, when a membership begins or ends with its money, or is left alone by its practice.

Each handler may meet its event again, so every message carries a key made of the event's id.
"""

from __future__ import annotations

from accounts.models import Role, User
from bookings.membership_letters import facts_of, tell_member
from bookings.models import Membership
from bookings.selectors.memberships import whole_memberships
from core import outbox
from core.models import OutboxEvent
from notifications.services import notify
from notifications.wording import MEMBERSHIP_NEEDS_STAFF, MEMBERSHIP_SOLD

_LETTERS = {
    "MembershipStarted": "membership_started",
    "MembershipCancelled": "membership_cancelled",
    "MembershipLeftAlone": "membership_left_alone",
}


@outbox.handles(*_LETTERS)
def write_to_member(event: OutboxEvent) -> None:
    membership = _membership(event)
    if event.topic == "MembershipStarted" and membership.cancelled_at is not None:
        return  # its money went back meanwhile: the letter that says so is the one to send
    tell_member(membership, _LETTERS[event.topic], key=f"{event.pk}:{_LETTERS[event.topic]}")


@outbox.handles("MembershipStarted")
def tell_professional(event: OutboxEvent) -> None:
    membership = _membership(event)
    notify(
        user=membership.plan.professional.user,
        kind=MEMBERSHIP_SOLD,
        dedupe_key=f"{event.pk}:{MEMBERSHIP_SOLD}",
        payload=facts_of(membership),
    )


@outbox.handles("MembershipLeftAlone")
def tell_staff(event: OutboxEvent) -> None:
    """Everybody of medical administration: what becomes of the money is for a person to decide."""
    facts = facts_of(_membership(event))
    for user in User.objects.filter(role=Role.MEDICAL_ADMIN, is_active=True):
        key = f"{event.pk}:{MEMBERSHIP_NEEDS_STAFF}:{user.pk}"
        notify(user=user, kind=MEMBERSHIP_NEEDS_STAFF, dedupe_key=key, payload=facts)


def _membership(event: OutboxEvent) -> Membership:
    return whole_memberships().get(pk=event.payload["membership_id"])
