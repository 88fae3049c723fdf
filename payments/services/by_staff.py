"""What people do about money, staff or whoever is paid: each leaves a line in the payment's story, and an event in the
audit."""

from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit
from core.errors import Missing, Refused
from payments.models import (
    NEEDS_STAFF,
    UNDECIDED,
    Attempt,
    AttemptStatus,
    Payment,
    Refund,
    RefundStatus,
    StaffNote,
    StaffVerb,
)
from payments.services.refunds import announce, reopen, request_refund

# What the reason of a refund begins with that staff asked for, or whoever is paid.
BY_STAFF, BY_PAYEE = "staff", "payee"


@transaction.atomic
def give_back(
    *, payment_id: uuid.UUID, amount: Decimal | None = None, why: str, by: uuid.UUID, once: uuid.UUID
) -> Refund:
    """Asks for a refund of `amount`, or of all that is left. `once` names this one wish: asked again with it, the
    same refund, and no second one.

    Raises Refused `refund_too_large`, `invalid_amount`, `nothing_left` (or nothing was paid), `already_asked` (with
    another amount), Missing.
    """
    refund, is_new = _ask_back(payment_id, amount, f"{BY_STAFF}-{once.hex}", why, by)
    if is_new:
        audit.record("refund.requested", object=refund, amount=str(refund.amount), currency=refund.currency)
    return refund


@transaction.atomic
def give_back_by_payee(
    *, payment_id: uuid.UUID, amount: Decimal | None = None, why: str, by: uuid.UUID, once: uuid.UUID
) -> Refund:
    """The same, wished by whoever the payment is for. Raises as `give_back`."""
    refund, is_new = _ask_back(payment_id, amount, f"{BY_PAYEE}-{once.hex}", why, by)
    if is_new:
        audit.record(
            "refund.requested_by_payee",
            object=refund,
            amount=str(refund.amount),
            currency=refund.currency,
        )
    return refund


def _ask_back(
    payment_id: uuid.UUID, amount: Decimal | None, reason: str, why: str, by: uuid.UUID
) -> tuple[Refund, bool]:
    """The refund, and whether it was asked for just now."""
    # Whoever gives money back of the same payment meanwhile waits here.
    payment = _lock_payment(payment_id)
    if amount is not None and amount <= 0:
        raise Refused(_("The amount must be positive."), code="invalid_amount", attr="amount")
    refund = request_refund(payment_id=payment_id, amount=amount, reason=reason)
    if refund is None:
        raise Refused(_("Nothing is left of this payment that could be given back."), code="nothing_left")
    is_new = not refund.staff_notes.filter(verb=StaffVerb.REFUND_ASKED).exists()
    if is_new:
        _note(StaffVerb.REFUND_ASKED, payment, by, refund, note=why)
    elif amount not in (None, refund.amount):
        raise Refused(
            _("This was asked for already, with another amount. Please look at the payment first."),
            code="already_asked",
            attr="amount",
        )
    return refund, is_new


@transaction.atomic
def retry_refund(*, refund_id: uuid.UUID, by: uuid.UUID) -> Refund:
    """Tries again what failed or was left to a person. Raises Missing, Refused `wrong_state`."""
    refund = _lock_refund(refund_id)
    reopen(refund)
    _note(StaffVerb.REFUND_RETRIED, refund.attempt.payment, by, refund)
    audit.record("refund.retried", object=refund)
    return refund


@transaction.atomic
def refund_done_by_hand(
    *,
    refund_id: uuid.UUID,
    by: uuid.UUID,
    given_by: str = "",
    given_on: datetime.date | None = None,
    reference: str = "",
) -> Refund:
    """A person has given the money back in another way: who, when, and what the bank calls it.

    Raises Missing, Refused `wrong_state`, `date_ahead`, `date_before_payment`.
    """
    refund = _lock_refund(refund_id)
    refund.status, refund.done_at = RefundStatus.SUCCEEDED, _moment_of(given_on, refund.attempt)
    refund.save(update_fields=["status", "done_at"])
    announce(refund)
    _note(
        StaffVerb.REFUND_BY_HAND,
        refund.attempt.payment,
        by,
        refund,
        note=reference,
        given_by=given_by,
        given_on=given_on,
    )
    audit.record("refund.done_by_hand", object=refund)
    return refund


@transaction.atomic
def close_question(*, payment_id: uuid.UUID, note: str, by: uuid.UUID) -> Payment:
    """Staff have dealt with the money that a gateway holds and that is not what was asked for: whoever owes may pay
    anew. The question comes back only if the gateway says something else than before.

    Raises Missing, Refused `wrong_state`.
    """
    payment = _lock_payment(payment_id)
    questioned = payment.attempts.filter(questioned_at__isnull=False)
    if not questioned:
        raise Refused(_("There is no open question about this payment."), code="wrong_state")
    # Its checkout is used up: the next one is another.
    questioned.filter(status__in=UNDECIDED).update(status=AttemptStatus.FAILED)
    questioned.update(questioned_at=None, question_closed_at=timezone.now())
    _note(StaffVerb.QUESTION_CLOSED, payment, by, note=note)
    audit.record("payment.question_closed", object=payment)
    return payment


def _lock_payment(payment_id: uuid.UUID) -> Payment:
    payment = Payment.objects.select_for_update().filter(pk=payment_id).first()
    if payment is None:
        raise Missing
    return payment


def _moment_of(given_on: datetime.date | None, attempt: Attempt) -> datetime.datetime:
    """When the money went back, for the sums of months: the hour is not known, so it is noon where staff are."""
    now, came = timezone.now(), attempt.paid_at or attempt.created_at
    if given_on is None:
        return now
    # Somewhere on earth it may be tomorrow already, or still yesterday.
    if given_on > now.date() + datetime.timedelta(days=1):
        raise Refused(_("This day is still to come."), code="date_ahead", attr="given_on")
    if given_on < came.date() - datetime.timedelta(days=1):
        raise Refused(
            _("The money had not come yet on this day."), code="date_before_payment", attr="given_on"
        )
    noon = datetime.datetime.combine(given_on, datetime.time(12), timezone.get_current_timezone())
    return min(max(noon, came), now)


def _lock_refund(refund_id: uuid.UUID) -> Refund:
    rows = Refund.objects.select_for_update(of=("self",)).select_related("attempt__payment")
    refund = rows.filter(pk=refund_id).first()
    if refund is None:
        raise Missing
    if refund.status not in NEEDS_STAFF:
        raise Refused(_("This refund is done or on its way."), code="wrong_state")
    return refund


def _note(
    verb: StaffVerb,
    payment: Payment,
    by: uuid.UUID,
    refund: Refund | None = None,
    *,
    note: str = "",
    given_by: str = "",
    given_on: datetime.date | None = None,
) -> None:
    StaffNote.objects.create(
        payment=payment,
        refund=refund,
        verb=verb,
        staff_id=by,
        note=note,
        given_by=given_by,
        given_on=given_on,
    )
