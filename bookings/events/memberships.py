"""The domain events of a membership: ids and plain facts for the outbox, never who bought it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bookings.models import Membership
from core import outbox
from core.models import OutboxEvent


@dataclass(frozen=True, kw_only=True)
class MembershipEvent:
    membership_id: UUID
    plan_id: UUID
    professional_id: UUID

    @classmethod
    def topic(cls) -> str:
        return cls.__name__


@dataclass(frozen=True, kw_only=True)
class MembershipStarted(MembershipEvent):
    """Paid. `goes_on`: begins where another one of this plan ends, or ended."""

    starts_at: datetime
    ends_at: datetime
    goes_on: bool


@dataclass(frozen=True, kw_only=True)
class MembershipCancelled(MembershipEvent):
    """All of its money went back, or is on its way. `had_begun`: it had times before."""

    had_begun: bool


@dataclass(frozen=True, kw_only=True)
class MembershipLeftAlone(MembershipEvent):
    """It goes on, and the practice takes no more appointments."""


ALL: tuple[type[MembershipEvent], ...] = tuple(MembershipEvent.__subclasses__())
TOPICS: tuple[str, ...] = tuple(event.topic() for event in ALL)


def tell(event: type[MembershipEvent], membership: Membership, **facts: Any) -> OutboxEvent:
    """Publishes a domain event of this membership; its plan is loaded."""
    told = event(
        membership_id=membership.pk,
        plan_id=membership.plan_id,
        professional_id=membership.plan.professional_id,
        **facts,
    )
    return outbox.publish(event.topic(), {name: _plain(value) for name, value in asdict(told).items()})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
