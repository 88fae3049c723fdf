"""What became of a payment, in plain words: what happened, who did it, when. Staff read all of it; whoever is paid
reads neither the names of staff nor what these noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.money import format_money
from payments.models import (
    Attempt,
    Dispute,
    DisputeState,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
    StaffNote,
    StaffVerb,
)
from payments.services.by_staff import BY_PAYEE, BY_STAFF
from payments.services.returned import AT_GATEWAY
from payments.services.settlement import SECOND_PAYMENT, Outcome
from payments.ways import title_of

Words = str | Promise

REASONS: dict[str, Words] = {
    "rejected": gettext_lazy("the professional declined"),
    "cancelled": gettext_lazy("the appointment was cancelled"),
    "expired": gettext_lazy("nobody answered, or nobody came"),
    "late": gettext_lazy("it was paid too late"),
    SECOND_PAYMENT: gettext_lazy("it was paid twice"),
    BY_STAFF: gettext_lazy("staff asked for it"),
    BY_PAYEE: gettext_lazy("the practice gives it back"),
    AT_GATEWAY: gettext_lazy("it was given back in the gateway's own panel"),
}
PROBLEMS: dict[str, Words] = {
    Outcome.WRONG_AMOUNT: gettext_lazy("another amount than was asked for"),
    Outcome.WRONG_CURRENCY: gettext_lazy("another currency than was asked for"),
    Outcome.WRONG_REFERENCE: gettext_lazy("another reference than ours"),
    Outcome.NOT_OURS: gettext_lazy("another seller's, or test money"),
}


@dataclass(frozen=True)
class Line:
    at: datetime
    what: str
    who: str = ""
    note: str = ""


@dataclass(frozen=True)
class Story:
    """Latest first. The same few queries, however long it is."""

    lines: list[Line]
    attempts: list[Attempt]
    refunds: list[Refund]
    disputes: list[Dispute]


def story_of(payment: Payment, *, for_payee: UUID | None = None) -> Story:
    """For staff, or for the account of whoever is paid."""
    attempts = list(payment.attempts.order_by("number").prefetch_related("disputes"))
    disputes = [dispute for attempt in attempts for dispute in attempt.disputes.all()]
    refunds = list(
        Refund.objects.filter(attempt__payment=payment).select_related("attempt").order_by("created_at")
    )
    notes = list(payment.staff_notes.select_related("refund"))
    names = {for_payee: _("you")} if for_payee else names_of({note.staff_id for note in notes})
    lines = [Line(payment.created_at, _("Asked for %(amount)s") % {"amount": _money(payment)})]
    lines += [line for attempt in attempts for line in _of_attempt(attempt, tells_all=for_payee is None)]
    lines += [line for refund in refunds for line in _of_refund(refund, payment)]
    lines += [line for dispute in disputes for line in _of_dispute(dispute, payment)]
    lines += [_of_note(note, payment, names, tells_all=for_payee in (None, note.staff_id)) for note in notes]
    if payment.status == PaymentStatus.CLOSED and payment.payable_until:
        lines.append(Line(payment.payable_until, _("The time to pay was over")))
    return Story(sorted(lines, key=lambda line: line.at, reverse=True), attempts, refunds, disputes)


def names_of(ids: set[UUID]) -> dict[UUID, str]:
    """What people of the staff are called; one query."""
    if not ids:
        return {}
    return {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=ids)}


def why(refund: Refund) -> str:
    """Why money goes back, in words."""
    kind = refund.reason.partition("-")[0]
    return str(REASONS.get(kind, refund.reason))


def problem_of(attempt: Attempt) -> str:
    return str(PROBLEMS.get(attempt.problem, attempt.problem))


def _money(payment: Payment) -> str:
    return format_money(payment.amount, payment.currency)


def _of_attempt(attempt: Attempt, *, tells_all: bool) -> list[Line]:
    facts = {"gateway": title_of(attempt.gateway), "reference": attempt.reference}
    lines = [Line(attempt.created_at, _("Checkout %(reference)s opened at %(gateway)s") % facts)]
    if attempt.paid_at:
        words = _("Paid by %(reference)s") if attempt.settles else _("Paid once more, by %(reference)s")
        lines.append(Line(attempt.paid_at, words % facts))
    if attempt.questioned_at:
        words = _("The money of %(reference)s does not match") % facts
        problem = problem_of(attempt)
        note = f"{problem}: {attempt.claim}" if tells_all else problem
        lines.append(Line(attempt.questioned_at, words, note=note))
    return lines


def _of_refund(refund: Refund, payment: Payment) -> list[Line]:
    facts = {"amount": format_money(refund.amount, payment.currency), "why": why(refund)}
    lines = []
    if not refund.reason.startswith((BY_STAFF, BY_PAYEE)):  # else its note says so, with the name
        lines.append(Line(refund.created_at, _("Refund of %(amount)s: %(why)s") % facts))
    if refund.status == RefundStatus.SUCCEEDED and refund.done_at:
        lines.append(Line(refund.done_at, _("%(amount)s went back") % facts))
    return lines


def _of_dispute(dispute: Dispute, payment: Payment) -> list[Line]:
    facts = {"amount": format_money(dispute.amount, payment.currency)}
    lines = [
        Line(dispute.created_at, _("The payer's bank asks for %(amount)s back") % facts, note=dispute.reason)
    ]
    if dispute.closed_at:
        won = dispute.status == DisputeState.WON
        words = (
            _("The dispute is won: %(amount)s stay") if won else _("The dispute is lost: %(amount)s are gone")
        )
        lines.append(Line(dispute.closed_at, words % facts))
    return lines


def _of_note(note: StaffNote, payment: Payment, names: dict[UUID, str], *, tells_all: bool) -> Line:
    amount = format_money(note.refund.amount, payment.currency) if note.refund else ""
    words = {
        StaffVerb.REFUND_ASKED: _("Refund of %(amount)s asked for"),
        StaffVerb.REFUND_RETRIED: _("Refund of %(amount)s tried again"),
        StaffVerb.REFUND_BY_HAND: _("%(amount)s given back by hand"),
        StaffVerb.QUESTION_CLOSED: _("Question closed: the money was dealt with"),
    }[StaffVerb(note.verb)]
    given = [note.given_by, date_format(note.given_on, "DATE_FORMAT") if note.given_on else "", note.note]
    return Line(
        note.created_at,
        words % {"amount": amount},
        who=names.get(note.staff_id, _("staff")),
        note=" · ".join(filter(None, given)) if tells_all else "",
    )
