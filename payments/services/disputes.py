"""What gateways say of money that a payer's bank wants back. Nothing moves by it here: a person decides."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from core.outbox import publish
from payments.gateways import base
from payments.models import Attempt, Dispute, DisputeState
from payments.selectors import holder_of_money

log = logging.getLogger(__name__)


def take_note(*, attempt: Attempt, snapshot: base.Snapshot) -> None:
    """Records each dispute about this money once, and what became of it; staff hear of both."""
    holder = holder_of_money(attempt, snapshot.money_ref)
    if holder is None:
        return
    for said in (*snapshot.disputes, *_settled_quietly(holder, snapshot)):
        with transaction.atomic():
            _record(holder, said)


def _settled_quietly(holder: Attempt, snapshot: base.Snapshot) -> list[base.Dispute]:
    """An open dispute of which the gateway speaks no more, while it holds the money, is over."""
    spoken_of = {dispute.id for dispute in snapshot.disputes}
    silent = holder.disputes.filter(status=DisputeState.OPEN).exclude(provider_id__in=spoken_of)
    won = base.DisputeStatus.WON
    return [base.Dispute(one.provider_id, one.amount, won, one.reason) for one in silent]


def _record(attempt: Attempt, said: base.Dispute) -> None:
    Attempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    known = Dispute.objects.filter(attempt=attempt, provider_id=said.id).first()
    dispute = known or Dispute(attempt=attempt, provider_id=said.id)
    if known is not None and known.status == said.status:
        return
    dispute.amount, dispute.reason = said.amount, said.reason[:60]
    dispute.status = DisputeState(said.status)
    dispute.closed_at = None if dispute.status == DisputeState.OPEN else timezone.now()
    dispute.save()
    log.error("payment disputed", extra={"attempt": attempt.reference, "status": dispute.status})
    publish(
        "payment.disputed",
        {
            "payment_id": str(attempt.payment_id),
            "attempt_id": str(attempt.pk),
            "dispute_id": str(dispute.pk),
            "amount": str(dispute.amount),
            "status": dispute.status,
        },
    )
