"""What the workers do by themselves, and waiting until they have nothing left to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from bookings import services as of_bookings
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, Membership
from config.chaos_payments.stage import Clock
from core import outbox
from core.models import OutboxDelivery
from meetings import services as of_meetings
from payments.models import Attempt, Payment, ProviderEvent, Refund, RefundStatus
from payments.services import inbox, polling, refunds, settlement

SWEEPS: tuple[Callable[[], int], ...] = (
    inbox.process_due,
    polling.poll_due,
    settlement.tell_due,
    refunds.execute_due,
    of_bookings.sweep,
    of_bookings.send_membership_notices,
    of_meetings.close_due,
    outbox.deliver_due,
)
# In all longer than any money is waited for, and after it was quiet once more.
PAUSES = [timedelta(minutes=10), timedelta(hours=3), timedelta(days=1), *[timedelta(days=4)] * 10]
A_LAST_LOOK = timedelta(days=33)
MOST_ROUNDS = 20


def run_all() -> None:
    """Until each has found nothing to do since another did anything."""
    idle = 0
    for sweep in islice(cycle(SWEEPS), MOST_ROUNDS * len(SWEEPS)):
        idle = 0 if sweep() else idle + 1
        if idle == len(SWEEPS):
            return
    raise AssertionError("the sweeps never come to an end")


def settle_down(clock: Clock, bring_webhooks: Callable[[], None]) -> list[str]:
    """Time passes and everything works, until nothing waits for anything; what waits all the same."""
    for pause in PAUSES:
        bring_webhooks()
        run_all()
        if not any(rows.exists() for rows in _waiting().values()):
            break
        clock.forward(pause)
    clock.forward(A_LAST_LOOK)
    run_all()
    return [what for what, rows in _waiting().items() if rows.exists()]


def _waiting() -> dict[str, QuerySet[Any]]:
    unsettled = Q(status__in=[Status.PENDING_PAYMENT, Status.WAITING_FOR_PROFESSIONAL])
    with_room = Q(status__in=[Status.CONFIRMED, Status.IN_PROGRESS], meeting__isnull=False)
    # What is paid is looked at now and then for long, and money in question until a person has dealt with it.
    asked_for = Attempt.objects.filter(poll_at__isnull=False, questioned_at=None, paid_at=None)
    return {
        "a webhook nobody has looked into": ProviderEvent.objects.filter(done_at=None),
        "a refund that is not over": Refund.objects.filter(status=RefundStatus.PENDING),
        "money the subject was not told of": Payment.objects.filter(status="paid", told_at=None),
        "something undelivered": OutboxDelivery.objects.filter(done_at=None),
        "an attempt that is asked for": asked_for,
        "a booking that waits": Booking.objects.filter(unsettled | with_room),
    }


def leave_nothing_due() -> None:
    """The next history begins where this one began: nothing of this one may be due in it."""
    ProviderEvent.objects.filter(done_at=None).delete()
    Refund.objects.filter(status=RefundStatus.PENDING).update(status=RefundStatus.MANUAL)
    Attempt.objects.filter(poll_at__isnull=False).update(poll_at=None)
    Payment.objects.filter(status="paid", told_at=None).update(told_at=Now())
    OutboxDelivery.objects.filter(done_at=None).delete()
    Membership.objects.filter(starts_at=None, cancelled_at=None).update(cancelled_at=Now())
    Membership.objects.filter(next_notice_at__isnull=False).update(next_notice_at=None)
    Booking.objects.filter(status__in=[Status.PENDING_PAYMENT, Status.WAITING_FOR_PROFESSIONAL]).update(
        hold_ends_at=None, answer_due_at=None
    )
