"""What people do: patients, the practice and its staff in our product, payers and shopkeepers at the companies."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from bookings import services
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, Membership
from bookings.services.booking import PatientDetails
from config.chaos_payments.dice import Dice
from config.chaos_payments.practice import Practice
from config.chaos_payments.tampering import tamper
from core.actor import Actor
from payments import services as of_payments
from payments.local_gateways.company import Company, Sale
from payments.local_gateways.messages import Request
from payments.local_gateways.world import World
from payments.models import NEEDS_STAFF, Attempt, Payment, PaymentStatus, Refund

PATIENT, PROFESSIONAL, STAFF = Actor("patient"), Actor("professional"), Actor("staff")
OPEN = (Status.PENDING_PAYMENT, Status.WAITING_FOR_PROFESSIONAL, Status.CONFIRMED)
MOST_BOOKINGS = 3
MOST_MEMBERSHIPS = 3
HOURS_AHEAD = (1, 3, 20, 30, 60, 100)
# What payers press, and how often; what the shop presses in the company's own panel is `panel`.
PAYING = {
    "pay": 12,
    "transfer": 3,
    "review": 3,
    "decline": 3,
    "arrives": 6,
    "approve": 6,
    "fails": 2,
    "reject": 2,
}
DISPUTING = {"dispute": 3, "win": 4, "lose": 4}
PANEL = {"refund", "void"}


class Idle(Exception):
    """There is nothing to do this to."""


class People:
    def __init__(self, practice: Practice, world: World, dice: Dice) -> None:
        self.practice, self.world, self.dice, self.chance = practice, world, dice, dice.chance
        # Where somebody was led to pay. A checkout whose address got lost with its process nobody can pay at.
        self.links: list[str] = []

    # Patients

    def book(self) -> None:
        if self._bookings().count() >= MOST_BOOKINGS:
            raise Idle
        service, start = self.practice.service, self._start()
        patient, account = self._somebody()
        if self.chance.random() < 0.2:
            services.book_by_hand(service=service, starts_at=start, patient=patient, actor=PROFESSIONAL)
        else:
            who = services.who_books(account if self.chance.random() < 0.7 else None)
            services.book(service=service, starts_at=start, patient=patient, **who)

    def subscribe(self) -> None:
        if self.practice.plan is None or self._memberships().count() >= MOST_MEMBERSHIPS:
            raise Idle
        _patient, account = self._somebody()
        services.subscribe(user=account, plan_id=self.practice.plan.pk)

    def go_to_checkout(self) -> None:
        self._go_to_checkout(services.checkout_url, self._booking(status=Status.PENDING_PAYMENT))

    def go_to_checkout_of_a_plan(self) -> None:
        unpaid = self._one(self._memberships().filter(starts_at=None, cancelled_at=None))
        self._go_to_checkout(services.membership_checkout_url, unpaid)

    def _go_to_checkout(self, checkout_url: Any, what: Any) -> None:
        url = checkout_url(what, gateway=self.chance.choice(self.practice.gateways))
        self.links.append(url)
        address = urlsplit(url)
        # Wompi knows a link once somebody has opened it.
        self.world.answer(Request("GET", address.path, dict(parse_qsl(address.query)), {}))

    def come_back(self) -> None:
        """The browser is led back to us: we ask at once."""
        payment = self._one(self._payments())
        of_payments.sync_payment(payment_id=payment.pk)

    def cancel(self) -> None:
        services.cancel(booking_id=self._booking(status__in=OPEN).pk, actor=PATIENT)

    def move(self) -> None:
        actor = self.chance.choice([PATIENT, PROFESSIONAL])
        booking = self._booking(status__in=OPEN[1:])
        services.reschedule(booking_id=booking.pk, starts_at=self._start(), actor=actor)

    def come_to_the_meeting(self) -> None:
        booking = self._booking(status__in=[Status.CONFIRMED, Status.IN_PROGRESS], meeting__isnull=False)
        services.start(booking_id=booking.pk, actor=self.chance.choice([PATIENT, PROFESSIONAL]))

    # The practice and staff

    def accept(self) -> None:
        services.accept(booking_id=self._booking(status=OPEN[1]).pk, actor=PROFESSIONAL)

    def reject(self) -> None:
        services.reject(booking_id=self._booking(status=OPEN[1]).pk, actor=PROFESSIONAL)

    def call_off(self) -> None:
        actor = self.chance.choice([PROFESSIONAL, STAFF])
        services.cancel(booking_id=self._booking(status__in=OPEN).pk, actor=actor)

    def end(self) -> None:
        verb: Any = self.chance.choice([services.mark_no_show, services.finish])
        verb(
            booking_id=self._booking(status__in=[Status.CONFIRMED, Status.IN_PROGRESS]).pk, actor=PROFESSIONAL
        )

    def end_or_begin_a_sale(self) -> None:
        plan = self.practice.plan
        if plan is None:
            raise Idle
        plan.refresh_from_db(fields=["is_offered"])
        services.offer_plan(
            professional=plan.professional, plan_id=plan.pk, offered=not plan.is_offered, actor=PROFESSIONAL
        )

    def give_back_some(self) -> None:
        payment = self._one(self._payments().filter(status=PaymentStatus.PAID))
        amount = payment.amount if self.chance.random() < 0.3 else payment.amount / 2
        of_payments.give_back(
            payment_id=payment.pk, amount=amount, why="kindness", by=uuid.uuid4(), once=uuid.uuid4()
        )

    def care_for_a_refund(self) -> None:
        refunds = Refund.objects.filter(attempt__in=self._attempts(), status__in=NEEDS_STAFF)
        verb: Any = self.chance.choice([of_payments.retry_refund, of_payments.refund_done_by_hand])
        verb(refund_id=self._one(refunds).pk, by=uuid.uuid4())

    def answer_a_question(self) -> None:
        questioned = self._one(self._attempts().filter(questioned_at__isnull=False))
        of_payments.close_question(payment_id=questioned.payment_id, note="seen", by=uuid.uuid4())

    # At the companies

    def pay(self) -> None:
        self._press(PAYING)

    def dispute(self) -> None:
        self._press(DISPUTING)

    def refund_in_the_panel(self) -> None:
        self._press(dict.fromkeys(PANEL, 1))

    def pay_something_else(self) -> None:
        """The company takes other money than what we asked for, or another seller does."""
        company, sale, _buttons = self._sale({"pay": 1})
        kind = tamper(company, sale.id, self.chance)
        self.dice.faults[f"altered: {kind}"] += 1

    def _press(self, wanted: dict[str, int]) -> None:
        company, sale, buttons = self._sale(wanted)
        company.press(sale.id, self.chance.choices(buttons, [wanted[name] for name in buttons])[0])

    def _sale(self, wanted: dict[str, int]) -> tuple[Company, Sale, list[str]]:
        found = [
            (company, sale, buttons)
            for company in self.world.companies.values()
            for sale in company.sales()
            if any(sale.id in link for link in self.links)
            if (buttons := [one.name for one in sale.buttons if one.name in wanted])
        ]
        if not found:
            raise Idle
        return self.chance.choice(found)

    # What there is

    def _start(self) -> datetime:
        """Often a time that somebody has or had."""
        taken = list(self._bookings().values_list("starts_at", flat=True))
        if taken and self.chance.random() < 0.4:
            return self.chance.choice(taken)
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        return hour + timedelta(hours=self.chance.choice(HOURS_AHEAD))

    def _bookings(self) -> Any:
        return Booking.objects.filter(professional=self.practice.service.professional_id)

    def _memberships(self) -> Any:
        return Membership.objects.filter(plan__professional=self.practice.service.professional_id)

    def _payments(self) -> Any:
        either = Q(subject_id__in=self._bookings()) | Q(subject_id__in=self._memberships())
        return Payment.objects.filter(either)

    def _attempts(self) -> Any:
        return Attempt.objects.filter(payment__in=self._payments())

    def _somebody(self) -> tuple[PatientDetails, User]:
        return self.chance.choice(list(zip(self.practice.patients, self.practice.accounts, strict=True)))

    def _booking(self, **which: Any) -> Booking:
        found: Booking = self._one(self._bookings().select_related("service", "professional").filter(**which))
        return found

    def _one(self, rows: Any) -> Any:
        found = list(rows.order_by("created_at", "pk"))
        if not found:
            raise Idle
        return self.chance.choice(found)
