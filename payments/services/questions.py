"""Money at a gateway that is not what was asked for: it settles nothing, and is not lost sight of.

The attempt keeps what the gateway says, staff hear of it once, and the gateway is asked on until its word
fits, or until it has given all of that money back.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from core.outbox import publish
from payments.gateways.base import MoneyStatus, Snapshot
from payments.models import Attempt, AttemptStatus, Payment

log = logging.getLogger(__name__)


def compare(*, attempt_id: uuid.UUID, wrong: Sequence[tuple[str, Snapshot]]) -> None:
    """Takes note of all that does not fit, which may lie beside money that does. A question is open while the gateway
    holds such money."""
    if not wrong:
        _agree(attempt_id)
        return
    held = [one for one in wrong if _holds_money(one[1])]
    _disagree(attempt_id, *(held or wrong)[0])


def _disagree(attempt_id: uuid.UUID, problem: str, snapshot: Snapshot) -> None:
    with transaction.atomic():
        payment = Payment.objects.select_for_update(of=("self",)).get(attempts=attempt_id)
        attempt = Attempt.objects.get(pk=attempt_id)
        log.error("gateway disagrees", extra={"attempt": attempt.reference, "problem": problem})
        claim = f"{snapshot.reference} {snapshot.amount} {snapshot.currency}"[:120]
        is_dealt_with = attempt.question_closed_at is not None and attempt.claim == claim
        attempt.problem, attempt.claim = problem, claim
        is_settled = attempt.status == AttemptStatus.PAID and snapshot.money_ref == attempt.money_ref
        if is_settled or is_dealt_with or not _holds_money(snapshot):
            attempt.questioned_at = None
        elif attempt.questioned_at is None:
            attempt.questioned_at = attempt.poll_at = timezone.now()
            _publish(payment, attempt)
        attempt.save(update_fields=["problem", "claim", "questioned_at", "poll_at"])


def _agree(attempt_id: uuid.UUID) -> None:
    """The gateway's word fits (again)."""
    questioned = Attempt.objects.filter(pk=attempt_id, questioned_at__isnull=False)
    questioned.update(questioned_at=None, problem="", claim="")


def _holds_money(snapshot: Snapshot) -> bool:
    """Another seller's money is no business of ours."""
    return snapshot.ours and snapshot.status == MoneyStatus.PAID and snapshot.refunded < snapshot.amount


def _publish(payment: Payment, attempt: Attempt) -> None:
    publish(
        "payment.disagrees",
        {
            "payment_id": str(payment.pk),
            "attempt_id": str(attempt.pk),
            "reference": attempt.reference,
            "problem": attempt.problem,
        },
    )
