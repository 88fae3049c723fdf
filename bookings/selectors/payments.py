"""Money of one practice, and of one person, whatever was paid for: appointments and memberships.

Payments know what they are for by its id alone; what that is, and whose, is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Professional, User
from accounts.shown import note_shown
from bookings.domain.days_off import whole_days
from bookings.domain.money_states import MoneyState
from bookings.domain.periods import EARLIEST, LATEST
from bookings.models import Booking, Membership, Plan
from bookings.selectors.memberships import SUBJECT as MEMBERSHIP
from bookings.services.money import SUBJECT as BOOKING
from core.errors import Missing, Refused
from payments.models import Attempt, Payment
from payments.selectors import Balance, balances_of
from payments.totals import Month, still_owed, totals_by_month, went_back
from payments.ways import title_of

OURS = (BOOKING, MEMBERSHIP)
SHOWN_OF_BOOKING = ("reference", "starts_at", "service__name", "patient__name", "patient__data_key")


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a payment is for: an appointment (`reference`, `starts_at`) or a membership; `who` pays."""

    kind: str
    id: UUID
    what: str
    who: str
    reference: str = ""
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A payment with what became of it. `gateway`: where it was paid, or last tried, as people call it; "" for none."""

    payment: Payment
    balance: Balance
    purpose: Purpose
    gateway: str
    in_question: bool

    @property
    def state(self) -> MoneyState:
        return MoneyState.of(self.payment.status, self.balance)

    @property
    def currency(self) -> str:
        return self.payment.currency

    @property
    def amount(self) -> Decimal:
        return self.payment.amount

    @property
    def returned(self) -> Decimal:
        return self.balance.returned

    @property
    def owed_back(self) -> Decimal:
        return self.balance.owed_back

    @property
    def net(self) -> Decimal:
        """What stays of what came."""
        return self.balance.left


def payments_of_practice(professional: Professional) -> QuerySet[Payment]:
    """All that was asked for; each with `at`: when it was paid, else asked for."""
    bookings = Booking.objects.filter(professional=professional).values("pk")
    memberships = Membership.objects.filter(plan__professional=professional).values("pk")
    return _for(bookings.union(memberships, all=True))


def payments_by(user: User) -> QuerySet[Payment]:
    """All that this account has been asked for, in whichever practice."""
    bookings = Booking.objects.filter(patient__user=user).values("pk")
    memberships = Membership.objects.filter(user=user).values("pk")
    return _for(bookings.union(memberships, all=True))


def _for(subjects: QuerySet[Booking, Any]) -> QuerySet[Payment]:
    found = Payment.objects.filter(subject_type__in=OURS, subject_id__in=subjects)
    return found.annotate(at=Coalesce("paid_at", "created_at"))


def payment_of_practice(professional: Professional, payment_id: UUID) -> Payment:
    """Raises Missing, for other practices' as for what is not there."""
    payment = payments_of_practice(professional).filter(pk=payment_id).first()
    if payment is None:
        raise Missing
    return payment


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which money: between two days of the practice's calendar, both included, in one state, of one currency."""

    first: date | None = None
    last: date | None = None
    state: MoneyState | None = None
    currency: str = ""

    def __post_init__(self) -> None:
        """Raises Refused `order`, `out_of_range`."""
        for attr, day in (("from", self.first), ("to", self.last)):
            if day and not EARLIEST <= day < LATEST:
                raise Refused(_("This date is out of range."), code="out_of_range", attr=attr)
        if self.first and self.last and self.last < self.first:
            raise Refused(_("The last date is before the first."), code="order", attr="to")

    def bounds(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """From this moment up to that one."""
        begins = whole_days(self.first, self.first, zone)[0] if self.first else None
        return begins, whole_days(self.last, self.last, zone)[1] if self.last else None


def wanted_payments(professional: Professional, wanted: Wanted) -> QuerySet[Payment]:
    """The latest first. A payment belongs to the day it was paid, else asked for."""
    begins, ends = wanted.bounds(professional.zone)
    found: QuerySet[Any] = _in_currency(payments_of_practice(professional), wanted)
    if begins:
        found = found.filter(at__gte=begins)
    if ends:
        found = found.filter(at__lt=ends)
    if wanted.state:
        found = _in_state(found, wanted.state)
    return found.order_by("-at", "-id")


def wanted_totals(professional: Professional, wanted: Wanted) -> list[Month]:
    """What came and went in these days, whatever became of the payments: the state narrows the list alone."""
    begins, ends = wanted.bounds(professional.zone)
    payments = _in_currency(payments_of_practice(professional), wanted)
    return totals_by_month(payments, zone=professional.zone, begins=begins, ends=ends)


def _in_currency(payments: QuerySet[Payment], wanted: Wanted) -> QuerySet[Payment]:
    return payments.filter(currency=wanted.currency) if wanted.currency else payments


def _in_state(payments: QuerySet[Payment], state: MoneyState) -> QuerySet[Payment]:
    """Those in this state, or with money in it."""
    its = Q(attempt__payment=OuterRef("pk"))
    if state == MoneyState.RETURNED:
        done, lost = (rows.filter(its) for rows in went_back())
        return payments.filter(Exists(done) | Exists(lost))
    if state == MoneyState.OWED_BACK:
        return payments.filter(Exists(still_owed().filter(its)))
    return payments.filter(status=state.value)


def rows_of(payments: Sequence[Payment]) -> list[PaymentRow]:
    """In their order; the same five queries for any number."""
    balances, purposes = balances_of(payments), purposes_of(payments)
    attempts = Attempt.objects.filter(payment__in=payments).order_by("payment", "settles", "number")
    # The one that settles comes last of its payment.
    last = dict(attempts.values_list("payment_id", "gateway"))
    asked = attempts.filter(questioned_at__isnull=False)
    questions = set(asked.values_list("payment_id", flat=True))
    return [
        PaymentRow(
            payment,
            balances[payment.pk],
            purposes[payment.subject_id],
            gateway=title_of(last[payment.pk]) if payment.pk in last else "",
            in_question=payment.pk in questions,
        )
        for payment in payments
    ]


def purposes_of(payments: Sequence[Payment]) -> dict[UUID, Purpose]:
    """By the subject's id. The names are noted as seen."""
    return _bookings(payments) | _memberships(payments)


def _bookings(payments: Sequence[Payment]) -> dict[UUID, Purpose]:
    known = Booking.objects.filter(pk__in=_ids(payments, BOOKING))
    return {
        one.pk: Purpose(
            BOOKING, one.pk, one.service.name, one.patient.shown_name, one.reference, one.starts_at
        )
        for one in known.select_related("service", "patient__data_key").only(*SHOWN_OF_BOOKING)
    }


def _memberships(payments: Sequence[Payment]) -> dict[UUID, Purpose]:
    ids = _ids(payments, MEMBERSHIP)
    if not ids:
        return {}
    known = list(Membership.objects.filter(pk__in=ids).select_related("plan", "user"))
    note_shown(one.user_id for one in known)
    return {
        one.pk: Purpose(MEMBERSHIP, one.pk, one.plan.name, one.user.get_full_name() or one.user.email)
        for one in known
    }


def _ids(payments: Sequence[Payment], kind: str) -> list[UUID]:
    return [payment.subject_id for payment in payments if payment.subject_type == kind]


def currencies_of(professional: Professional) -> list[str]:
    """In which the practice was ever asked to be paid."""
    of_bookings = Booking.objects.filter(professional=professional).order_by().values_list("currency")
    of_plans = Plan.objects.filter(professional=professional).order_by().values_list("currency")
    return sorted(currency for (currency,) in of_bookings.union(of_plans))
