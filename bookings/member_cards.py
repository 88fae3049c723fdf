"""What a member may know of each plan they bought, and do about it now: for pages and API alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from bookings.models import Membership
from bookings.plan_words import CURRENT, Standing, standing_of
from bookings.selectors.memberships import SUBJECT, Left, whats_left
from payments.models import Payment, PaymentStatus
from payments.selectors import has_open_question, payments_of, was_declined
from payments.ways import WayToPay, is_on_its_way, ways_to_pay


@dataclass(frozen=True)
class Awaited:
    """How the money stands that a membership waits for. `arrived`: it is there, and is being taken note of."""

    arrived: bool
    declined: bool
    in_question: bool
    on_its_way: bool
    ways_to_pay: list[WayToPay]

    @classmethod
    def of(cls, payment: Payment) -> Awaited:
        in_question, on_its_way = has_open_question(payment), is_on_its_way(payment)
        can_pay = payment.status == PaymentStatus.PENDING and not in_question and not on_its_way
        return cls(
            arrived=payment.status == PaymentStatus.PAID,
            declined=was_declined(payment) and not in_question,
            in_question=in_question,
            on_its_way=on_its_way,
            ways_to_pay=ways_to_pay(payment) if can_pay else [],
        )

    @property
    def changes_by_itself(self) -> bool:
        return self.arrived or self.on_its_way


@dataclass(frozen=True)
class Card:
    """One bought time of a plan, and what is left of it."""

    membership: Membership
    standing: Standing
    left: list[Left]
    payment: Payment | None
    awaited: Awaited | None
    can_renew: bool

    @property
    def is_current(self) -> bool:
        return self.standing in CURRENT


def cards_of(user: User, memberships: Iterable[Membership], now: datetime) -> list[Card]:
    """Of this person's `memberships`, as `memberships_of` finds them. Three queries beside theirs, and a few for each
    that waits for its money: there is one of a plan at most."""
    rows, last = list(memberships), _last_ones(user)
    left, payments = whats_left(rows), payments_of(SUBJECT, [row.pk for row in rows])
    return [_card(row, left[row.pk], payments.get(row.pk), now, is_last=row.pk in last) for row in rows]


def _card(
    membership: Membership, left: list[Left], payment: Payment | None, now: datetime, *, is_last: bool
) -> Card:
    standing = standing_of(membership, now)
    awaits = standing == Standing.UNPAID and payment is not None
    plan = membership.plan
    return Card(
        membership=membership,
        standing=standing,
        left=left,
        payment=payment,
        awaited=Awaited.of(payment) if awaits and payment else None,
        can_renew=is_last and plan.is_offered and plan.professional.is_public,
    )


def _last_ones(user: User) -> set[UUID]:
    """Of all that somebody bought, the last of each plan: a renewal goes on from there. None of a plan of which one
    waits for its money: that is the renewal."""
    bought = Membership.objects.filter(user=user, cancelled_at=None)
    waiting = bought.filter(starts_at=None).values("plan")
    last = bought.exclude(plan__in=waiting).order_by("plan_id", "-ends_at").distinct("plan_id")
    return set(last.values_list("pk", flat=True))
