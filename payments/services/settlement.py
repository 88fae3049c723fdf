"""What follows from what a gateway says about an attempt.

The truth is compared with what we asked for before anything moves. Money that is there is recorded in a
transaction of its own, so that nothing that follows from it can lose it; the subject is told afterwards,
again and again until it has taken note.
"""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from core.outbox import publish
from payments import subjects
from payments.gateways import registry
from payments.gateways.base import MoneyStatus, Snapshot
from payments.models import UNDECIDED, Attempt, AttemptStatus, Payment, PaymentStatus
from payments.services import disputes, questions, refunds, returned
from payments.services.turns import pause, turns

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=10)
SECOND_PAYMENT = "second_payment"
# When money that is there is asked for again: a dispute, or a refund in the gateway's panel, whose webhook was lost.
FIRST_LOOK_AGAIN = timedelta(days=1)


class Outcome(StrEnum):
    """What a gateway's word changed, or why it changed nothing."""

    SETTLED = "settled"
    SECOND_PAYMENT = "second_payment"
    KNOWN = "known_already"
    PENDING = "pending"
    PROCESSING = "processing"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED_THERE = "refunded_at_gateway"
    WRONG_REFERENCE = "wrong_reference"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"
    NOT_OURS = "not_ours"


DISAGREEMENTS = frozenset(
    {Outcome.WRONG_REFERENCE, Outcome.WRONG_AMOUNT, Outcome.WRONG_CURRENCY, Outcome.NOT_OURS}
)
_OVER = {
    MoneyStatus.FAILED: (AttemptStatus.FAILED, Outcome.FAILED),
    MoneyStatus.EXPIRED: (AttemptStatus.EXPIRED, Outcome.EXPIRED),
}


def take_note(*, attempt: Attempt, snapshot: Snapshot) -> Outcome:
    """Records what the gateway says of this attempt, once, and tells the subject of new money."""
    noted = [(_take_note(attempt, one), one) for one in (snapshot, *snapshot.others)]
    questions.compare(
        attempt_id=attempt.pk, wrong=[(outcome, one) for outcome, one in noted if outcome in DISAGREEMENTS]
    )
    return noted[0][0]


def _take_note(attempt: Attempt, snapshot: Snapshot) -> Outcome:
    problem = disagreement(attempt, snapshot)
    if problem is not None:
        return problem
    if snapshot.status == MoneyStatus.PAID:
        outcome = _record_money(attempt.pk, snapshot)
        disputes.take_note(attempt=attempt, snapshot=snapshot)
        if snapshot.refunded:
            returned.take_note(attempt=attempt, snapshot=snapshot)
        if outcome in (Outcome.SETTLED, Outcome.KNOWN):
            tell_subject_soon(attempt.payment_id)
        return outcome
    undecided = Attempt.objects.filter(pk=attempt.pk, status__in=UNDECIDED)
    if snapshot.status == MoneyStatus.PROCESSING:
        undecided.filter(processing_at=None).update(processing_at=Now())
        return Outcome.PROCESSING
    if snapshot.status == MoneyStatus.PENDING:
        undecided.filter(processing_at__isnull=False).update(processing_at=None)
        return Outcome.PENDING
    status, outcome = _OVER[snapshot.status]
    undecided.update(status=status, processing_at=None)
    return outcome


def disagreement(attempt: Attempt, snapshot: Snapshot) -> Outcome | None:
    """Why this is not what we asked for, if it is not."""
    if snapshot.reference != attempt.reference:
        return Outcome.WRONG_REFERENCE
    return disagreement_of_money(attempt, snapshot)


def disagreement_of_money(attempt: Attempt, snapshot: Snapshot) -> Outcome | None:
    """The same, for a second payment at one checkout too, which has a reference of its own here."""
    if not snapshot.ours:
        return Outcome.NOT_OURS
    if snapshot.currency.upper() != attempt.currency:
        return Outcome.WRONG_CURRENCY
    if snapshot.amount != attempt.amount:
        return Outcome.WRONG_AMOUNT
    return None


def _record_money(attempt_id: uuid.UUID, snapshot: Snapshot) -> Outcome:
    with transaction.atomic(durable=True):
        payment = Payment.objects.select_for_update(of=("self",)).get(attempts=attempt_id)
        attempt = Attempt.objects.get(pk=attempt_id)
        if attempt.status == AttemptStatus.PAID:
            return _record_more_money(payment, attempt, snapshot)
        if snapshot.refunded >= snapshot.amount:
            return Outcome.REFUNDED_THERE
        first = payment.status != PaymentStatus.PAID
        attempt.status, attempt.settles = AttemptStatus.PAID, first
        attempt.paid_at, attempt.money_ref = timezone.now(), snapshot.money_ref
        if pays_once(attempt):
            attempt.poll_at = attempt.paid_at + FIRST_LOOK_AGAIN
        attempt.save(update_fields=["status", "settles", "poll_at", "paid_at", "money_ref"])
        if not first:
            refunds.give_back_all(attempt, reason=SECOND_PAYMENT)
            return Outcome.SECOND_PAYMENT
        payment.status, payment.paid_at = PaymentStatus.PAID, attempt.paid_at
        payment.tell_at = attempt.paid_at + FIRST_PAUSE  # whoever brought the money tells the subject first
        payment.save(update_fields=["status", "paid_at", "tell_at"])
        publish(
            "payment.settled",
            {
                "payment_id": str(payment.pk),
                "subject_type": payment.subject_type,
                "subject_id": str(payment.subject_id),
            },
        )
        return Outcome.SETTLED


def pays_once(attempt: Attempt) -> bool:
    """Whether no second payment can come to its checkout."""
    gateway = registry.find(attempt.gateway)
    return gateway is None or gateway.capabilities.pays_once


def _record_more_money(payment: Payment, attempt: Attempt, snapshot: Snapshot) -> Outcome:
    """The same checkout was paid again: an attempt of its own, whose money goes back."""
    known = payment.attempts.filter(gateway=attempt.gateway, money_ref=snapshot.money_ref)
    if not attempt.money_ref or known.exists():
        return Outcome.KNOWN
    if snapshot.refunded >= snapshot.amount:
        return Outcome.REFUNDED_THERE
    number = payment.attempts.count() + 1
    more = Attempt.objects.create(
        payment=payment,
        number=number,
        reference=f"{attempt.reference}+{number}",
        gateway=attempt.gateway,
        provider_ref=attempt.provider_ref,
        money_ref=snapshot.money_ref,
        return_url=attempt.return_url,
        description=attempt.description,
        status=AttemptStatus.PAID,
        expires_at=attempt.expires_at,
        paid_at=timezone.now(),
    )
    refunds.give_back_all(more, reason=SECOND_PAYMENT)
    return Outcome.SECOND_PAYMENT


def tell_subject(payment_id: uuid.UUID) -> None:
    """Tells the subject of a paid payment, unless it has taken note. Whatever the subject raises goes on."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.status != PaymentStatus.PAID or payment.told_at is not None:
        return
    subjects.get(payment.subject_type).on_settled(payment.pk)
    Payment.objects.filter(pk=payment.pk).update(told_at=Now())


def tell_subject_soon(payment_id: uuid.UUID) -> None:
    """Now if it works; else it is told again in its turn."""
    try:
        tell_subject(payment_id)
    except Exception:
        log.exception("subject not told of its money yet", extra={"payment": str(payment_id)})


def tell_due() -> int:
    """Tells every subject that has not taken note of its money yet, for as long as it takes; returns how many.

    Safe in parallel.
    """
    told = 0
    for payment in turns(_claim_untold):
        tell_subject_soon(payment.pk)
        told += 1
    return told


def _claim_untold() -> Payment | None:
    with transaction.atomic():
        payment = (
            Payment.objects.select_for_update(skip_locked=True)
            .filter(status=PaymentStatus.PAID, told_at=None, tell_at__lte=Now())
            .order_by("tell_at", "pk")
            .first()
        )
        if payment is not None:
            payment.tells += 1
            payment.tell_at = timezone.now() + pause(payment.tells, first=FIRST_PAUSE)
            payment.save(update_fields=["tells", "tell_at"])
        return payment
