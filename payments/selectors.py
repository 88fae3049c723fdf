from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Value

from payments.gateways import registry
from payments.models import (
    NEEDS_STAFF,
    Attempt,
    AttemptStatus,
    Dispute,
    DisputeState,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
)

_NOTHING = Decimal(0)


def payment_of(subject_type: str, subject_id: uuid.UUID) -> Payment | None:
    return Payment.objects.filter(subject_type=subject_type, subject_id=subject_id).first()


def payments_of(subject_type: str, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Payment]:
    """Payments by the id of their subject, in one query."""
    found = Payment.objects.filter(subject_type=subject_type, subject_id__in=list(ids))
    return {payment.subject_id: payment for payment in found}


def has_open_question(payment: Payment) -> bool:
    """Whether a gateway holds money for it that is not what was asked for: then nobody may say "nothing paid"."""
    return payment.attempts.filter(questioned_at__isnull=False).exists()


def holder_of_money(attempt: Attempt, money_ref: str) -> Attempt | None:
    """The attempt that has this money: a second payment at one checkout is an attempt of its own. None for money that
    went back before we knew of it, beside other money: nobody has it."""
    ours = Attempt.objects.select_related("payment").filter(gateway=attempt.gateway)
    if money_ref and (holder := ours.filter(money_ref=money_ref).first()):
        return holder
    now = ours.get(pk=attempt.pk)
    return None if money_ref and now.money_ref else now


def is_unsettled(subject_type: str, ids: Iterable[uuid.UUID]) -> bool:
    """Whether for one of these something has to go back still, or a gateway holds money nobody knows what for."""
    attempts = Attempt.objects.filter(payment__subject_type=subject_type, payment__subject_id__in=ids)
    owed = Refund.objects.filter(attempt__in=attempts).exclude(status=RefundStatus.SUCCEEDED)
    return owed.exists() or attempts.filter(questioned_at__isnull=False).exists()


def was_declined(payment: Payment) -> bool:
    """Whether it still waits for money, and the last try failed."""
    if payment.status != PaymentStatus.PENDING:
        return False
    last = payment.attempts.order_by("-number").values_list("status", flat=True).first()
    return last == AttemptStatus.FAILED


def given_back(payment: Payment) -> Decimal:
    """How much of the payment goes back, whether it has arrived yet or not."""
    owed = owed_back(payment)
    return owed.amount if owed else Decimal(0)


def left_to_give_back(payment: Payment) -> Decimal:
    """What is left of the money that came, after all that goes back already, or was taken by the payer's bank."""
    return max(balances_of([payment])[payment.pk].left, _NOTHING)


def decimals_to_give_back(payment: Payment) -> int:
    """How many decimals a refund of it may have: those of the gateway that holds the money."""
    held_at = payment.attempts.filter(settles=True).values_list("gateway", flat=True).first()
    return registry.decimals_at(held_at or "", payment.currency)


def went_back_whole(payment: Payment) -> bool:
    """Whether nothing is left of the money that came: given back, on its way back, or taken by the payer's bank."""
    return payment.status == PaymentStatus.PAID and not left_to_give_back(payment)


@dataclass(frozen=True, slots=True)
class Balance:
    """Of the money that came for a payment: what has gone back, by whomever, what still has to (and what of that waits
    for a person), and what is left. Money that came twice is no part of it."""

    paid: Decimal
    returned: Decimal
    owed_back: Decimal
    stuck: Decimal

    @property
    def left(self) -> Decimal:
        return self.paid - self.returned - self.owed_back


def balances_of(payments: Iterable[Payment]) -> dict[uuid.UUID, Balance]:
    """Of each payment. What a payer's bank took after a dispute has gone back, too. One query."""
    known = list(payments)
    settling = {"attempt__payment__in": known, "attempt__settles": True}
    given = Refund.objects.filter(**settling).values_list("attempt__payment", "status", "amount")
    lost = Dispute.objects.filter(**settling, status=DisputeState.LOST)
    taken = lost.values_list("attempt__payment", Value(RefundStatus.SUCCEEDED), "amount")
    sums: defaultdict[tuple[uuid.UUID, str], Decimal] = defaultdict(Decimal)
    for payment_id, status, amount in given.union(taken, all=True):
        sums[payment_id, status] += amount
    return {payment.pk: _balance(payment, sums) for payment in known}


def _balance(payment: Payment, sums: dict[tuple[uuid.UUID, str], Decimal]) -> Balance:
    stuck = sum((sums[payment.pk, status] for status in NEEDS_STAFF), _NOTHING)
    return Balance(
        paid=payment.amount if payment.status == PaymentStatus.PAID else _NOTHING,
        returned=sums[payment.pk, RefundStatus.SUCCEEDED],
        owed_back=sums[payment.pk, RefundStatus.PENDING] + stuck,
        stuck=stuck,
    )


class BackState(StrEnum):
    """How far the way back is; the slowest part decides."""

    ON_ITS_WAY = "on_its_way"
    RETURNED = "returned"
    NEEDS_STAFF = "needs_staff"


@dataclass(frozen=True, slots=True)
class OwedBack:
    amount: Decimal
    state: BackState


def owed_back(payment: Payment) -> OwedBack | None:
    """All that is or was to be given back of the payment, whatever became of it; None when nothing is.

    What came twice and goes back by itself is no part of it.
    """
    refunds = Refund.objects.filter(attempt__payment=payment, attempt__settles=True)
    asked = list(refunds.values_list("amount", "status"))
    if not asked:
        return None
    states = {status for _amount, status in asked}
    if states & set(NEEDS_STAFF):
        state = BackState.NEEDS_STAFF
    else:
        state = BackState.RETURNED if states == {RefundStatus.SUCCEEDED} else BackState.ON_ITS_WAY
    return OwedBack(sum((amount for amount, _status in asked), Decimal(0)), state)
