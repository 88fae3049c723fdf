"""Our books beside the gateways': every difference, told and not mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from payments.gateways import registry
from payments.gateways.base import GatewayError, MoneyStatus, NotFoundAtGateway, Snapshot, hint_of
from payments.models import Attempt, AttemptStatus, Refund, RefundStatus, StaffVerb
from payments.services import settlement
from payments.services.refunds import total_of

_OVER = (AttemptStatus.FAILED, AttemptStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Difference:
    gateway: str
    reference: str
    what: str
    ours: str
    theirs: str


def differences(*, since: datetime) -> Iterator[Difference]:
    """Asks about every checkout opened since then, and for whatever was paid that we know nothing of.

    Network: not inside a transaction. A gateway that does not answer is a difference too.
    """
    attempts = Attempt.objects.select_related("payment").filter(created_at__gte=since).order_by("created_at")
    for attempt in attempts.exclude(status=AttemptStatus.NEW).iterator():
        yield from of_attempt(attempt)
    for name in settings.PAYMENT_GATEWAYS:
        if registry.find(name) is not None:
            yield from _unknown_at(name, since)


def of_attempt(attempt: Attempt) -> Iterator[Difference]:
    try:
        snapshot = registry.gateway(attempt.gateway).fetch(hint_of(attempt))
    except NotFoundAtGateway:
        if attempt.status == AttemptStatus.PAID:
            yield _difference(attempt, "money", "paid", "unknown")
    except GatewayError as error:
        yield _difference(attempt, "answer", attempt.status, type(error).__name__)
    else:
        yield from _compared(attempt, snapshot)


def _compared(attempt: Attempt, snapshot: Snapshot) -> Iterator[Difference]:
    for said in (snapshot, *snapshot.others):
        if said.money_ref and said.money_ref == attempt.money_ref:
            yield from _compared_money(attempt, said)
        elif said.status == MoneyStatus.PAID and said.refunded < said.amount:
            yield from _unnoticed(attempt, said)
    if not attempt.money_ref and snapshot.status == MoneyStatus.PAID and attempt.status == AttemptStatus.PAID:
        yield from _compared_money(attempt, snapshot)
    is_open = attempt.status == AttemptStatus.OPEN and snapshot.status in (
        MoneyStatus.FAILED,
        MoneyStatus.EXPIRED,
    )
    if is_open or (attempt.status == AttemptStatus.PAID and snapshot.status != MoneyStatus.PAID):
        yield _difference(attempt, "state", attempt.status, snapshot.status)


def _unnoticed(attempt: Attempt, said: Snapshot) -> Iterator[Difference]:
    """Money there that no attempt of ours has."""
    if attempt.status == AttemptStatus.PAID and not said.money_ref:
        return
    ours = Attempt.objects.filter(gateway=attempt.gateway, money_ref=said.money_ref)
    if not said.money_ref or not ours.exists():
        problem = settlement.disagreement(attempt, said)
        yield _difference(attempt, problem or "money", attempt.status, f"paid {said.amount} {said.currency}")


def _compared_money(attempt: Attempt, said: Snapshot) -> Iterator[Difference]:
    problem = settlement.disagreement_of_money(attempt, said)
    if problem is not None:
        ours = f"{attempt.amount} {attempt.currency}"
        yield _difference(attempt, problem, ours, f"{said.amount} {said.currency}")
    done = attempt.refunds.filter(status=RefundStatus.SUCCEEDED)
    ours_back = total_of(done.exclude(staff_notes__verb=StaffVerb.REFUND_BY_HAND))
    # What staff gave back in another way the gateway may know of, or not.
    most = total_of(done)
    if not ours_back <= said.refunded <= most:
        yield _difference(attempt, "refunded", str(ours_back), str(said.refunded))
    known = dict(attempt.disputes.values_list("provider_id", "status"))
    for dispute in said.disputes:
        if known.get(dispute.id) != dispute.status:
            yield _difference(attempt, "dispute", known.get(dispute.id, "none"), dispute.status)


def _unknown_at(name: str, since: datetime) -> Iterator[Difference]:
    try:
        for snapshot in registry.gateway(name).paid_since(since):
            if not _is_known(name, snapshot):
                theirs = f"paid {snapshot.amount} {snapshot.currency}"
                yield Difference(name, snapshot.reference, "money", "unknown", theirs)
    except GatewayError as error:
        yield Difference(name, "", "answer", "", type(error).__name__)


def _is_known(name: str, snapshot: Snapshot) -> bool:
    """By its reference: what became of the attempt was compared before."""
    return Attempt.objects.filter(gateway=name, reference=snapshot.reference).exists()


def _difference(attempt: Attempt, what: str, ours: str, theirs: str) -> Difference:
    return Difference(attempt.gateway, attempt.reference, str(what), str(ours), str(theirs))


def refunds_waiting(*, asked_before: datetime) -> Iterable[Refund]:
    """What is owed back since then and has not gone: no difference yet, and worth a look."""
    waiting = Refund.objects.exclude(status=RefundStatus.SUCCEEDED).filter(created_at__lt=asked_before)
    return waiting.select_related("attempt").order_by("created_at")
