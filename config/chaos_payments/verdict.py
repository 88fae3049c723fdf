"""When nothing moves any more: does our money agree with the companies' books, and do bookings and memberships agree
with the money?"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import Count, F

from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, BookingEvent, CancelledBy, Membership
from bookings.selectors.memberships import NOT_USED
from bookings.services.closing import is_in_time
from bookings.services.money import share
from config.chaos_payments.books import Money, all_money
from payments.local_gateways.world import World
from payments.models import (
    Attempt,
    AttemptStatus,
    Dispute,
    DisputeState,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
    StaffVerb,
)
from payments.selectors import went_back_whole
from payments.services.by_staff import BY_STAFF
from payments.services.returned import AT_GATEWAY

FREED = (Status.CANCELLED, Status.REJECTED, Status.EXPIRED, Status.NO_SHOW)
NOTHING = Decimal(0)


def broken_promises(world: World, professional_id: Any) -> list[str]:
    """Of the history that took place at this practice; empty when all is well."""
    money = all_money(world)
    bookings = list(Booking.objects.filter(professional=professional_id).select_related("patient"))
    memberships = list(Membership.objects.filter(plan__professional=professional_id).select_related("plan"))
    owed = Payment.objects.filter(subject_id__in=[one.pk for one in (*bookings, *memberships)])
    payments = {one.subject_id: one for one in owed.prefetch_related("attempts__refunds__staff_notes")}
    of_bookings = (
        f"{booking.reference}, {booking.status}: {complaint}"
        for booking in bookings
        for complaint in _of_both(booking, payments.get(booking.pk), money)
    )
    of_members = (
        f"membership {number}: {complaint}"
        for number, membership in enumerate(memberships)
        for complaint in _of_membership_and_money(membership, payments[membership.pk], money)
    )
    return [*of_bookings, *of_members]


def _of_both(booking: Booking, payment: Payment | None, money: list[Money]) -> Iterator[str]:
    if payment is not None:
        if payment.amount != booking.price:
            yield f"{payment.amount} is asked for what costs {booking.price}"
        yield from _of_payment(payment, money)
        yield from _of_booking(booking, payment)
    elif not (booking.is_free and booking.membership_id):
        yield "nothing was asked for it"
    elif booking.status == Status.PENDING_PAYMENT:
        yield "it waits for money that nobody asks for"


def _of_membership_and_money(membership: Membership, payment: Payment, money: list[Money]) -> Iterator[str]:
    yield from _of_payment(payment, money)
    yield from _of_membership(membership, payment)


# The payment beside the companies' books


def _of_payment(payment: Payment, money: list[Money]) -> Iterator[str]:
    attempts = list(payment.attempts.all())
    settling = [attempt for attempt in attempts if attempt.settles]
    if len(settling) != (payment.status == PaymentStatus.PAID):
        yield f"{payment.status}, and {len(settling)} attempts settle it"
    if open_ones := [one for one in attempts if one.status in (AttemptStatus.NEW, AttemptStatus.OPEN)]:
        yield f"{len(open_ones)} attempts are open for ever"
    if payment.status == PaymentStatus.PENDING:
        yield "it is to be paid for ever"
    recorded = {attempt.money_ref: attempt for attempt in attempts if attempt.status == AttemptStatus.PAID}
    if len(recorded) != len([one for one in attempts if one.status == AttemptStatus.PAID]):
        yield "two attempts have the same money"
    there = {one.money_ref: one for one in money if any(_belongs(one, attempt) for attempt in attempts)}
    for money_ref in recorded.keys() - there.keys():
        yield f"money {money_ref} is paid here, and not at the gateway"
    for money_ref, one in there.items():
        yield from _of_money(payment, one, recorded.get(money_ref), attempts)


def _belongs(money: Money, attempt: Attempt) -> bool:
    names = (money.reference, f"{money.reference}+{attempt.number}")  # the second: paid again at one checkout
    return money.gateway == attempt.gateway and attempt.reference in names


def _of_money(
    payment: Payment, money: Money, recorded: Attempt | None, attempts: list[Attempt]
) -> Iterator[str]:
    if not money.is_what_was_asked(payment.amount, payment.currency):
        if recorded is not None:
            yield f"{money} was taken for what was asked for"
        elif money.ours and money.refunded < money.amount and not _is_questioned(attempts):
            yield f"nobody knows of {money}"
    elif recorded is None:
        if money.refunded < money.amount:
            yield f"nobody knows of {money}"
    else:
        yield from _of_refunds(money, recorded)


def _is_questioned(attempts: list[Attempt]) -> bool:
    return any(one.questioned_at or one.question_closed_at for one in attempts)


def _of_refunds(money: Money, attempt: Attempt) -> Iterator[str]:
    refunds = list(attempt.refunds.all())
    gone = sum(
        (one.amount for one in refunds if one.status == RefundStatus.SUCCEEDED and not _by_hand(one)), NOTHING
    )
    # What staff gave back by hand they may have given back there.
    if not gone <= money.refunded <= gone + sum((one.amount for one in refunds if _by_hand(one)), NOTHING):
        yield f"{gone} went back by our books, {money.refunded} by {money.gateway}'s"
    promised = sum((one.amount for one in refunds), NOTHING)
    if promised > money.amount:
        yield f"{promised} goes back of {money.amount}"
    if not attempt.settles and promised != money.amount:
        yield f"of a second payment of {money.amount} only {promised} goes back"
    if any(one.status == RefundStatus.PENDING for one in refunds):
        yield "a refund is pending for ever"


def _by_hand(refund: Refund) -> bool:
    return any(note.verb == StaffVerb.REFUND_BY_HAND for note in refund.staff_notes.all())


# The booking beside its payment


def _of_booking(booking: Booking, payment: Payment) -> Iterator[str]:
    was_paid = payment.status == PaymentStatus.PAID
    if booking.status not in FREED:
        if not was_paid:
            yield "nobody has paid it"
        return
    refunds = [refund for one in payment.attempts.all() if one.settles for refund in one.refunds.all()]
    taken = _taken_by_bank(payment)
    kept = payment.amount - sum((one.amount for one in refunds), NOTHING) - taken if was_paid else NOTHING
    most = _may_be_kept(booking, payment)
    if kept > most:
        yield f"{kept} is kept where {most} may be"
    others = taken or any(_is_kindness(refund) for refund in refunds)
    if was_paid and kept < most and not others:
        yield f"{kept} is kept where {most} is due"


def _taken_by_bank(payment: Payment) -> Decimal:
    lost = Dispute.objects.filter(attempt__payment=payment, attempt__settles=True, status=DisputeState.LOST)
    return sum(lost.values_list("amount", flat=True), NOTHING)


def _is_kindness(refund: Refund) -> bool:
    return refund.reason.startswith((BY_STAFF, AT_GATEWAY))


def _may_be_kept(booking: Booking, payment: Payment) -> Decimal:
    if payment.status != PaymentStatus.PAID or booking.settled_at is None:
        return NOTHING
    if booking.status == Status.NO_SHOW:
        return payment.amount
    if booking.status != Status.CANCELLED or booking.cancelled_by != CancelledBy.PATIENT:
        return NOTHING
    end = BookingEvent.objects.filter(booking=booking, verb="cancel").latest("pk")
    if end.from_status != Status.CONFIRMED or is_in_time(booking, end.created_at):
        return NOTHING
    return payment.amount - share(payment.amount, booking.late_refund_percent, booking.currency)


# The membership beside its payment


def _of_membership(membership: Membership, payment: Payment) -> Iterator[str]:
    has_begun, is_cancelled = membership.starts_at is not None, membership.cancelled_at is not None
    if payment.status != PaymentStatus.PAID:
        if has_begun:
            yield "it runs, and nobody has paid it"
        if not is_cancelled:
            yield "it waits for its money for ever"
    elif went_back_whole(payment):
        if not is_cancelled:
            yield "it goes on, and all of its money went back"
    elif is_cancelled or not has_begun:
        yield "it is paid, and there is none"
    if has_begun and not _lasts_its_months(membership):
        yield f"from {membership.starts_at} to {membership.ends_at} are not {membership.plan.months} months"


def _lasts_its_months(membership: Membership) -> bool:
    """Roughly: on the day is for another test."""
    assert membership.starts_at is not None and membership.ends_at is not None  # noqa: S101  (it has begun)
    days = (membership.ends_at - membership.starts_at).days
    return 28 * membership.plan.months <= days <= 31 * membership.plan.months + 1


def overused(professional_id: Any) -> list[str]:
    """Memberships with more appointments than uses, at any moment: at the end most appointments are over."""
    kept = Booking.objects.filter(professional=professional_id).exclude(status__in=NOT_USED)
    limited = kept.filter(
        membership__plan__included__service=F("service"), membership__plan__included__times__isnull=False
    )
    by_limit = limited.values_list("membership", "service", "membership__plan__included__times")
    return [
        f"{used} appointments by a membership of {times}"
        for *_which, times, used in by_limit.annotate(used=Count("pk"))
        if used > times
    ]
