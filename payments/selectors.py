from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.db.models import Case, F, Value, When

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
from payments.owed import not_over, with_owed

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
    return (
        not_over().filter(attempt__in=attempts).exists()
        or attempts.filter(questioned_at__isnull=False).exists()
    )


def was_declined(payment: Payment) -> bool:
    """Whether it still waits for money, and the last try failed."""
    if payment.status != PaymentStatus.PENDING:
        return False
    last = payment.attempts.order_by("-number").values_list("status", flat=True).first()
    return last == AttemptStatus.FAILED


def given_back(payment: Payment) -> Decimal:
    """How much of the payment we give back, whether it has arrived yet or not."""
    balance = balance_of(payment)
    return balance.given + balance.owed_back


def left_to_give_back(payment: Payment) -> Decimal:
    """What is left of the money that came, after all that goes back already, or was taken by the payer's bank."""
    return max(balance_of(payment).left, _NOTHING)


def decimals_to_give_back(payment: Payment) -> int:
    """How many decimals a refund of it may have: those of the gateway that holds the money."""
    held_at = payment.attempts.filter(settles=True).values_list("gateway", flat=True).first()
    return registry.decimals_at(held_at or "", payment.currency)


def went_back_whole(payment: Payment) -> bool:
    """Whether nothing is left of the money that came: given back, on its way back, or taken by the payer's bank."""
    return payment.status == PaymentStatus.PAID and not left_to_give_back(payment)


class BackState(StrEnum):
    """How far the way back is; the slowest part decides. `taken`: the payer's bank has it, and nothing more is owed."""

    ON_ITS_WAY = "on_its_way"
    RETURNED = "returned"
    NEEDS_STAFF = "needs_staff"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class OwedBack:
    """`amount` we gave back, or still owe; `taken`: what the payer's bank gave them besides, after a dispute."""

    amount: Decimal
    state: BackState
    taken: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class Balance:
    """Of the money that came for a payment: what has gone back by whomever (and what of that the payer's bank took),
    what is still owed back (and what of that waits for a person), and what is left. Money that came twice is no part
    of it."""

    paid: Decimal
    returned: Decimal
    taken: Decimal
    owed_back: Decimal
    stuck: Decimal

    @property
    def given(self) -> Decimal:
        return self.returned - self.taken

    @property
    def left(self) -> Decimal:
        return self.paid - self.returned - self.owed_back

    @property
    def back(self) -> OwedBack | None:
        """All that has gone back, or still has to; None when nothing does."""
        amount = self.given + self.owed_back
        if self.stuck:
            state = BackState.NEEDS_STAFF
        elif self.owed_back:
            state = BackState.ON_ITS_WAY
        else:
            state = BackState.RETURNED if amount else BackState.TAKEN
        return OwedBack(amount, state, self.taken) if amount or self.taken else None


_TAKEN = "taken"


def balances_of(payments: Iterable[Payment]) -> dict[uuid.UUID, Balance]:
    """Of each payment. One query."""
    known = list(payments)
    settling = {"attempt__payment__in": known, "attempt__settles": True}
    counts = Case(When(status=RefundStatus.SUCCEEDED, then=F("amount")), default=F("owed"))
    refunds = with_owed(Refund.objects.filter(**settling)).values_list("attempt__payment", "status", counts)
    lost = Dispute.objects.filter(**settling, status=DisputeState.LOST)
    taken = lost.values_list("attempt__payment", Value(_TAKEN), "amount")
    sums: defaultdict[tuple[uuid.UUID, str], Decimal] = defaultdict(Decimal)
    for payment_id, status, amount in refunds.union(taken, all=True):
        sums[payment_id, status] += amount
    return {payment.pk: _balance(payment, sums) for payment in known}


def balance_of(payment: Payment) -> Balance:
    return balances_of([payment])[payment.pk]


def _balance(payment: Payment, sums: dict[tuple[uuid.UUID, str], Decimal]) -> Balance:
    taken = sums[payment.pk, _TAKEN]
    stuck = sum((sums[payment.pk, status] for status in NEEDS_STAFF), _NOTHING)
    return Balance(
        paid=payment.amount if payment.status == PaymentStatus.PAID else _NOTHING,
        returned=sums[payment.pk, RefundStatus.SUCCEEDED] + taken,
        taken=taken,
        owed_back=sums[payment.pk, RefundStatus.PENDING] + stuck,
        stuck=stuck,
    )
