"""Asks gateways for what no webhook told: when the browser is back, and on a schedule that slows down."""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from payments.gateways import registry
from payments.gateways.base import GatewayError, NotFoundAtGateway, hint_of
from payments.models import UNDECIDED, Attempt, AttemptStatus, Payment, PaymentStatus
from payments.services import settlement
from payments.services.turns import pause, turns

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=20)
LONGEST_PAUSE_OPEN = timedelta(minutes=5)
LONGEST_PAUSE_OVER = timedelta(hours=3)
# Banks settle late: how long after a checkout's end its money is still looked for.
LATE_MONEY = timedelta(days=2)
# And how long where the gateway says that it is on its way.
SLOWEST_MONEY = timedelta(days=30)
# Money that is there is asked for again 1, 2, 4, 8, 16 and 32 days after it came: who disputes it or gives it back does
# so elsewhere, and the word of that may get lost.
LAST_LOOK_AGAIN = timedelta(days=32)


def sync_payment(*, payment_id: uuid.UUID) -> Payment:
    """Fetches the truth about this payment now and settles it; a gateway that is down is forgiven.

    When it returns a paid payment the subject has been told, unless the subject failed. Network: not
    inside a transaction.
    """
    watched = Attempt.objects.filter(payment=payment_id, poll_at__isnull=False)
    for attempt in watched.select_related("payment").order_by("number"):
        if attempt.status != AttemptStatus.PAID or not settlement.pays_once(attempt):
            ask_forgiving(attempt)
    payment = Payment.objects.get(pk=payment_id)
    if payment.status == PaymentStatus.PAID and payment.told_at is None:
        settlement.tell_subject_soon(payment.pk)
    return payment


def poll_due() -> int:
    """Asks about every attempt whose turn has come; returns how many were asked. Safe in parallel."""
    asked = 0
    for attempt in turns(_claim):
        if ask_forgiving(attempt) == settlement.Outcome.PROCESSING:
            _ask_on(attempt)
        _let_lapse(attempt)
        asked += 1
    return asked


def ask(attempt: Attempt) -> settlement.Outcome:
    """Asks the gateway about one attempt and takes note. Raises GatewayError."""
    snapshot = registry.gateway(attempt.gateway).fetch(hint_of(attempt))
    return settlement.take_note(attempt=attempt, snapshot=snapshot)


def ask_forgiving(attempt: Attempt) -> settlement.Outcome | None:
    """None: the gateway could not be asked."""
    try:
        return ask(attempt)
    except NotFoundAtGateway:
        pass  # a signed link is known to its gateway only once somebody pays
    except GatewayError as error:
        log.warning("gateway not asked", extra={"attempt": attempt.reference, "error": type(error).__name__})
    except Exception:
        # One attempt that cannot be understood must not hold up the others.
        log.exception("attempt not understood", extra={"attempt": attempt.reference})
    return None


def _claim() -> Attempt | None:
    """The next attempt due, its next turn already set: a process that dies here costs one turn."""
    with transaction.atomic():
        attempt = (
            Attempt.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("payment")
            .filter(poll_at__lte=Now())
            .order_by("poll_at", "pk")
            .first()
        )
        if attempt is not None:
            attempt.polls += 1
            attempt.poll_at = _next_turn(attempt, timezone.now())
            attempt.save(update_fields=["polls", "poll_at"])
        return attempt


def _next_turn(attempt: Attempt, now: datetime) -> datetime | None:
    late = attempt.expires_at is not None and now >= attempt.expires_at + LATE_MONEY
    if attempt.questioned_at is None:
        if attempt.paid_at is not None and (late or settlement.pays_once(attempt)):
            return _next_look_again(attempt.paid_at, now)
        if late:
            return None
    undecided = attempt.status in UNDECIDED
    longest = LONGEST_PAUSE_OPEN if undecided else LONGEST_PAUSE_OVER
    return now + pause(attempt.polls, first=FIRST_PAUSE, longest=longest)


def _next_look_again(paid_at: datetime, now: datetime) -> datetime | None:
    after = settlement.FIRST_LOOK_AGAIN
    while after <= LAST_LOOK_AGAIN:
        if paid_at + after > now:
            return paid_at + after
        after *= 2
    return None


def _ask_on(attempt: Attempt) -> None:
    """The checkout is long over, and the gateway still expects the money: some banks take weeks."""
    now = timezone.now()
    silent = Attempt.objects.filter(pk=attempt.pk, poll_at=None, expires_at__gt=now - SLOWEST_MONEY)
    silent.exclude(status=AttemptStatus.PAID).update(poll_at=now + LONGEST_PAUSE_OVER)


def _let_lapse(attempt: Attempt) -> None:
    """An attempt past its end is over for us, whatever the gateway calls it; late money is still taken."""
    Attempt.objects.filter(pk=attempt.pk, status__in=UNDECIDED, expires_at__lte=Now()).update(
        status=AttemptStatus.EXPIRED
    )
