"""Money back: decided in the caller's transaction, done at the gateway afterwards, once."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.money import format_money, quantize
from core.outbox import publish
from core.queue import enqueue
from payments.gateways import registry
from payments.gateways.base import Gateway, GatewayError, RefundOutcome, hint_of
from payments.models import NEEDS_STAFF, Attempt, Payment, PaymentStatus, Refund, RefundStatus
from payments.selectors import left_to_give_back
from payments.services.turns import pause, turns

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=6)
MAX_TRIES = 40  # about a week


def request_refund(
    *, payment_id: uuid.UUID, amount: Decimal | None = None, reason: str, at_most: bool = False
) -> Refund | None:
    """Gives back `amount`, or all that is left, in the caller's transaction; `at_most`: where less is left, that.

    One refund for one reason: asked again, the same one, tried anew if the gateway had refused it. None when
    nothing was paid or nothing is left; what the gateway refused is owed all the same.
    Raises Refused `refund_too_large`, `invalid_amount`.
    """
    with transaction.atomic():
        payment = Payment.objects.select_for_update().get(pk=payment_id)
        if payment.status != PaymentStatus.PAID:
            return None
        attempt = payment.attempts.get(settles=True)
        asked_before = attempt.refunds.filter(reason=reason).first()
        if asked_before is not None:
            if asked_before.status == RefundStatus.FAILED:
                reopen(asked_before)
            return asked_before
        left = left_to_give_back(payment)
        wanted = left if amount is None else _possible(amount, attempt)
        if at_most:
            wanted = min(wanted, left)
        if wanted < 0:
            raise Refused(_("The amount must be positive."), code="invalid_amount", attr="amount")
        if wanted > left:
            raise Refused(
                _("This is more than what is left of the payment."), code="refund_too_large", attr="amount"
            )
        return _create(attempt, wanted, reason) if wanted else None


def _possible(amount: Decimal, attempt: Attempt) -> Decimal:
    """The amount as the gateway that holds the money can give it back. Raises Refused `invalid_amount`."""
    exact = quantize(amount, attempt.currency)
    unit = Decimal(1).scaleb(-registry.decimals_at(attempt.gateway, attempt.currency))
    if exact % unit == 0:
        return exact
    smallest = format_money(unit, attempt.currency)
    raise Refused(
        _("The smallest part that can be given back is %(smallest)s.") % {"smallest": smallest},
        code="invalid_amount",
        attr="amount",
    )


def give_back_all(attempt: Attempt, *, reason: str) -> Refund:
    """For money that came twice. The caller holds the payment's lock."""
    return _create(attempt, attempt.amount, reason)


def promised(attempt: Attempt) -> Decimal:
    """What goes back of it already, whatever became of that so far."""
    return total_of(attempt.refunds.all())


def may_have_gone(refunds: QuerySet[Refund]) -> Decimal:
    """What of these may have gone back at the gateway by our asking, or by the hands of staff who told us."""
    return total_of(refunds.exclude(status__in=NEEDS_STAFF))


def total_of(refunds: QuerySet[Refund]) -> Decimal:
    return refunds.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def _create(attempt: Attempt, amount: Decimal, reason: str) -> Refund:
    refund = Refund.objects.create(attempt=attempt, amount=amount, reason=reason, due_at=timezone.now())
    # It may take a gateway days: what the money was for need not wait for that.
    publish("payment.refund_decided", {"payment_id": str(attempt.payment_id), "refund_id": str(refund.pk)})
    _execute_soon()
    return refund


def reopen(refund: Refund) -> None:
    """The last error stays: an earlier try may have done it, which is looked at before the next one."""
    refund.status, refund.tries, refund.due_at = RefundStatus.PENDING, 0, timezone.now()
    refund.save(update_fields=["status", "tries", "due_at"])
    _execute_soon()


def _execute_soon() -> None:
    transaction.on_commit(lambda: enqueue("payments.tasks.execute_refunds"))


def execute_due() -> int:
    """Does every refund whose turn has come; returns how many were tried. Safe in parallel."""
    tried = 0
    for refund in turns(_claim):
        _execute(refund)
        tried += 1
    return tried


def _claim() -> Refund | None:
    with transaction.atomic():
        refund = (
            Refund.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("attempt__payment")
            .filter(status=RefundStatus.PENDING, due_at__lte=Now())
            .order_by("due_at", "pk")
            .first()
        )
        if refund is not None:
            refund.tries += 1
            refund.due_at = timezone.now() + LEASE
            refund.save(update_fields=["tries", "due_at"])
        return refund


def _execute(refund: Refund) -> None:
    """The refund has a key at the gateway: a second try after a crash gives nothing back twice."""
    try:
        outcome, error = _ask_gateway(refund), ""
    except GatewayError as problem:
        outcome = RefundOutcome.PENDING if problem.retryable else RefundOutcome.FAILED
        error = type(problem).__name__
    except Exception as problem:
        log.exception("refund not understood", extra={"refund": str(refund.pk)})
        outcome, error = RefundOutcome.PENDING, type(problem).__name__
    if outcome == RefundOutcome.PENDING and error and refund.tries >= MAX_TRIES:
        outcome = RefundOutcome.MANUAL
    _record(refund.pk, outcome, error)


def _ask_gateway(refund: Refund) -> RefundOutcome:
    gateway = registry.gateway(refund.attempt.gateway)
    able = gateway.capabilities
    whole = refund.amount == refund.attempt.amount
    if not (able.refunds and (whole or able.partial_refunds)):
        return RefundOutcome.MANUAL
    if (refund.refusals or refund.error) and _went_back_already(refund, gateway):
        return RefundOutcome.SUCCEEDED
    return gateway.refund(refund.attempt, refund.amount, refund.key)


def _went_back_already(refund: Refund, gateway: Gateway) -> bool:
    """Before it is tried again, maybe under a new key or one that the gateway has forgotten by now.

    An earlier try, or a person at the gateway, may have done it meanwhile.
    """
    attempt = refund.attempt
    others = attempt.refunds.exclude(pk=refund.pk)
    return _refunded_at(gateway, attempt) - may_have_gone(others) >= refund.amount


def _refunded_at(gateway: Gateway, attempt: Attempt) -> Decimal:
    """Of just the money of this attempt; a checkout may have been paid twice."""
    snapshot = gateway.fetch(hint_of(attempt))
    same = (said for said in (snapshot, *snapshot.others) if attempt.money_ref in ("", said.money_ref))
    return next((said.refunded for said in same), Decimal(0))


def _record(refund_id: uuid.UUID, outcome: RefundOutcome, error: str) -> None:
    now = timezone.now()
    with transaction.atomic():
        refund = Refund.objects.select_for_update(of=("self",)).select_related("attempt").get(pk=refund_id)
        if refund.status != RefundStatus.PENDING:
            return
        refund.status, refund.error = RefundStatus(outcome), error
        if outcome == RefundOutcome.PENDING:
            refund.due_at = now + pause(refund.tries, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
        else:
            refund.done_at = now if outcome == RefundOutcome.SUCCEEDED else None
            refund.refusals += outcome == RefundOutcome.FAILED
            announce(refund)
        refund.save(update_fields=["status", "error", "due_at", "done_at", "refusals"])


def announce(refund: Refund) -> None:
    done = refund.status == RefundStatus.SUCCEEDED
    if not done:
        log.error("refund needs a person", extra={"refund": str(refund.pk), "status": refund.status})
    publish(
        "payment.refunded" if done else "payment.refund_needs_staff",
        {
            "payment_id": str(refund.attempt.payment_id),
            "refund_id": str(refund.pk),
            "amount": str(refund.amount),
            "reason": refund.reason,
            "status": refund.status,
        },
    )
