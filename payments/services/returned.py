"""Money that went back at the gateway without our asking: somebody did it in the gateway's own panel."""

from __future__ import annotations

import logging
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from payments.gateways.base import Snapshot
from payments.models import NEEDS_STAFF, Attempt, AttemptStatus, Payment, Refund, RefundStatus
from payments.selectors import holder_of_money
from payments.services.refunds import announce, may_have_gone, promised

log = logging.getLogger(__name__)

# What the reason of such a refund begins with.
AT_GATEWAY = "gateway"


def take_note(*, attempt: Attempt, snapshot: Snapshot) -> None:
    """Records what the gateway has given back beyond what we asked it to: first as the refunds that wait for a person,
    who has done just that; the rest as a refund of its own."""
    with transaction.atomic():
        Payment.objects.select_for_update(of=("self",)).get(pk=attempt.payment_id)
        holder = holder_of_money(attempt, snapshot.money_ref)
        if holder is None:
            return
        surplus = snapshot.refunded - may_have_gone(holder.refunds.all())
        for refund in holder.refunds.filter(status__in=NEEDS_STAFF).order_by("created_at", "pk"):
            if refund.amount <= surplus:
                surplus -= refund.amount
                _done(refund)
        if surplus > 0 and holder.status == AttemptStatus.PAID:
            _record(holder, surplus)
            _owe_no_more_than_is_left(holder)


def _owe_no_more_than_is_left(attempt: Attempt) -> None:
    """What waits for a person, and is more than the gateway still has, shrinks to that."""
    excess = promised(attempt) - attempt.amount
    for refund in attempt.refunds.filter(status__in=NEEDS_STAFF).order_by("-created_at", "pk"):
        if excess > 0 and refund.amount > excess:
            refund.amount -= excess
            refund.save(update_fields=["amount"])
            return


def _done(refund: Refund) -> None:
    refund.status, refund.done_at, refund.error = RefundStatus.SUCCEEDED, timezone.now(), ""
    refund.save(update_fields=["status", "done_at", "error"])
    announce(refund)


def _record(attempt: Attempt, amount: Decimal) -> None:
    number = attempt.refunds.filter(reason__startswith=AT_GATEWAY).count() + 1
    log.warning("money went back at the gateway", extra={"attempt": attempt.reference})
    now = timezone.now()
    refund = Refund.objects.create(
        attempt=attempt,
        amount=amount,
        reason=f"{AT_GATEWAY}-{number}",
        status=RefundStatus.SUCCEEDED,
        due_at=now,
        done_at=now,
    )
    announce(refund)
