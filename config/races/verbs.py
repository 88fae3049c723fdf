"""What players do, each a verb of the services with chance for its arguments."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from accounts.models import Patient
from bookings import services
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking, BookingRequest, RequestStatus, Service
from bookings.services.booking import PatientDetails
from config.races.world import NICKNAMES, PATIENTS, World
from core.actor import Actor
from payments.gateways.base import GatewayError
from payments.models import Attempt
from payments.sandbox import services as company
from payments.services import sync_payment

PATIENT, PROFESSIONAL, STAFF = Actor("patient"), Actor("professional"), Actor("staff")
OPEN = (Status.PENDING_PAYMENT, Status.WAITING_FOR_PROFESSIONAL, Status.CONFIRMED)
MOVABLE = (Status.WAITING_FOR_PROFESSIONAL, Status.CONFIRMED)


class Idle(Exception):
    """There is nothing to say this verb about."""


class Player:
    """One of many; `weights` says how often which verb."""

    weights = {
        "book": 30,
        "book_by_hand": 14,
        "cancel": 12,
        "reschedule": 16,
        "accept": 7,
        "reject": 3,
        "hold_ends": 5,
        "answer_is_late": 2,
        "pay": 8,
        "pay_late": 2,
        "wish": 3,
        "grant_wish": 3,
        "merge_patients": 1,
    }

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance = world, chance
        self.services = list(
            Service.objects.filter(pk__in=world.service_ids).select_related("professional__policy")
        )
        self._starts = world.starts()

    def next_verb(self) -> str:
        return self.chance.choices(list(self.weights), list(self.weights.values()))[0]

    def play(self, verb: str) -> None:
        """Raises whatever the verb raises, or Idle."""
        getattr(self, verb)()

    def book(self) -> None:
        services.book(service=self._service(), starts_at=self._start(), patient=self._person(), actor=PATIENT)

    def book_by_hand(self) -> None:
        service = self._service()
        services.book_by_hand(
            service=service,
            starts_at=self._start(),
            patient=self._person(),
            actor=self.chance.choice([PROFESSIONAL, STAFF]),
            outside_hours=not self._is_capped(service) and self.chance.random() < 0.3,
            pays_at_practice=self.chance.random() < 0.5,
        )

    def cancel(self) -> None:
        actor = self.chance.choice([PATIENT, PROFESSIONAL, STAFF])
        services.cancel(booking_id=self._booking(status__in=OPEN), actor=actor)

    def reschedule(self) -> None:
        booking, start = self._booking(status__in=MOVABLE), self._start()
        if self.chance.random() < 0.5:
            services.reschedule(booking_id=booking, starts_at=start, actor=PATIENT)
        else:
            length = self.chance.choice([None, 25, 60])
            services.reschedule(
                booking_id=booking, starts_at=start, actor=PROFESSIONAL, duration_minutes=length
            )

    def accept(self) -> None:
        booking = self._booking(status=Status.WAITING_FOR_PROFESSIONAL)
        services.accept(booking_id=booking, actor=PROFESSIONAL)

    def reject(self) -> None:
        booking = self._booking(status=Status.WAITING_FOR_PROFESSIONAL)
        services.reject(booking_id=booking, actor=PROFESSIONAL)

    def hold_ends(self) -> None:
        """Time passes, and the sweep comes by; others sweep as well."""
        self._over("hold_ends_at", Status.PENDING_PAYMENT)

    def answer_is_late(self) -> None:
        self._over("answer_due_at", Status.WAITING_FOR_PROFESSIONAL)

    def pay(self) -> None:
        """As a visitor does: the checkout opens, the gateway takes the money, we ask it."""
        booking = Booking.objects.select_related("professional", "service").get(
            pk=self._booking(status=Status.PENDING_PAYMENT)
        )
        services.checkout_url(booking)
        if self.chance.random() < 0.4:
            return  # and never comes back, or too late
        attempt = self._attempt(payment__subject_id=booking.pk)
        try:
            company.pay(checkout_id=UUID(attempt.provider_ref))
        except company.NotPayable:
            raise Idle from None
        sync_payment(payment_id=attempt.payment_id)

    def pay_late(self) -> None:
        """Money that was sent in time comes when the hold is over."""
        freed = Booking.objects.filter(status__in=(Status.EXPIRED, Status.CANCELLED), settled_at=None)
        attempt = self._attempt(payment__subject_id__in=freed.values("pk"), payment__status="closed")
        try:
            company.expire(reference=attempt.reference)
            company.pay_late(checkout_id=UUID(attempt.provider_ref))
            sync_payment(payment_id=attempt.payment_id)
        except (company.SandboxError, GatewayError):
            raise Idle from None

    def wish(self) -> None:
        services.request_booking(service=self._service(), patient=self._person(), actor=PATIENT)

    def grant_wish(self) -> None:
        pending = BookingRequest.objects.filter(status=RequestStatus.PENDING)
        wish = pending.order_by("?").first()
        if wish is None:
            raise Idle
        mine = [service for service in self.services if service.professional_id == wish.professional_id]
        if self.chance.random() < 0.2:
            services.reject_request(request_id=wish.pk, actor=PROFESSIONAL)
        else:
            services.accept_request(
                request_id=wish.pk,
                service=self.chance.choice(mine),
                starts_at=self._start(),
                actor=PROFESSIONAL,
            )

    def merge_patients(self) -> None:
        records = Patient.objects.filter(merged_into=None).exclude(email_index="")
        keep = records.order_by("?").first()
        same = {"professional": keep.professional_id, "email_index": keep.email_index} if keep else {}
        other = records.filter(**same).exclude(pk=keep.pk).first() if keep else None
        if keep is None or other is None:
            raise Idle
        services.merge_patients(keep_id=keep.pk, other_id=other.pk, actor=PROFESSIONAL)

    def _service(self) -> Service:
        return self.chance.choice(self.services)

    def _is_capped(self, service: Service) -> bool:
        """What overrules the hours overrules the most appointments a day as well."""
        return service.professional.policy.max_bookings_per_day is not None

    def _start(self) -> datetime:
        return self.chance.choice(self._starts)

    def _person(self) -> PatientDetails:
        return self.chance.choice([*PATIENTS, *NICKNAMES])

    def _booking(self, **which: Any) -> UUID:
        """Any of these; many players take the same one."""
        found = list(Booking.objects.filter(**which).order_by("pk").values_list("pk", flat=True)[:5])
        if not found:
            raise Idle
        return self.chance.choice(found)

    def _attempt(self, **which: Any) -> Attempt:
        attempt = Attempt.objects.filter(poll_at__isnull=False, **which).exclude(provider_ref="").first()
        if attempt is None:
            raise Idle
        return attempt

    def _over(self, moment: str, status: str) -> None:
        booking = Booking.objects.filter(pk=self._booking(status=status), status=status)
        booking.update(**{moment: Now() - timedelta(seconds=1)}, updated_at=F("updated_at"))
        services.sweep()
