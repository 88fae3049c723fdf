"""Where a history takes place: one professional with rules of chance, often with a plan to sell, and two patients."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import time
from decimal import Decimal

from django.utils import timezone

from accounts.models import Professional, Role, User
from accounts.services import create_user
from bookings.models import AvailabilityBlock, BookingPolicy, Modality, Plan, Service
from bookings.services.booking import PatientDetails
from bookings.services.money import share
from bookings.services.plans import Included, save_plan
from core.actor import Actor

# Where it can be paid depends on the currency; some amounts have shares that some gateways cannot give back.
PRICES = [
    ("80000", "COP"),
    ("49990", "COP"),
    ("120000", "COP"),
    ("35000.50", "COP"),
    ("59.90", "USD"),
    ("30000", "CLP"),
    ("12.500", "KWD"),
]


@dataclass(frozen=True)
class Practice:
    service: Service
    patients: list[PatientDetails]
    gateways: list[str]
    plan: Plan | None
    # Of the patients, in their order.
    accounts: list[User]


def open_practice(name: str, chance: random.Random) -> Practice:
    user = User.objects.create(email=f"{name}@chaos.test", role=Role.PROFESSIONAL, name="Dra. Ana")
    professional = Professional.objects.create(
        user=user, slug=name, name="Dra. Ana", timezone="UTC", approved_at=timezone.now()
    )
    BookingPolicy.objects.create(
        professional=professional,
        minimum_notice_minutes=0,
        step_minutes=30,
        auto_accept=chance.random() < 0.5,
        cancellation_hours=chance.choice([0, 12, 24]),
        late_refund_percent=chance.choice([0, 33, 50, 100]),
        hold_minutes=chance.choice([15, 30, 60]),
        answer_minutes=chance.choice([60, 720]),
    )
    AvailabilityBlock.objects.bulk_create(
        AvailabilityBlock(professional=professional, weekday=weekday, starts=time(0), ends=time(0))
        for weekday in range(1, 8)
    )
    price, currency = chance.choice(PRICES)
    service = Service.objects.create(
        professional=professional,
        slug="consulta",
        name="Consulta",
        duration_minutes=30,
        modality=chance.choice([Modality.VIDEO, Modality.IN_PERSON]),
        price=Decimal(price),
        currency=currency,
    )
    patients = [PatientDetails(name=f"Paciente {n}", email=f"{name}-{n}@chaos.test") for n in range(2)]
    gateways = ["", "stripe", "mercadopago", "wompi"] if currency == "COP" else [""]
    accounts = [create_user(email=one.email, password=None, name=one.name) for one in patients]
    plan = _plan(service, chance) if chance.random() < 0.6 else None
    return Practice(service, patients, gateways, plan, accounts)


def _plan(service: Service, chance: random.Random) -> Plan:
    """As dear as one appointment, so that every gateway that takes the one takes the other."""
    line = Included(
        service.pk,
        member_price=chance.choice([Decimal(0), share(service.price, 50, service.currency)]),
        times=chance.choice([None, 1, 2]),
    )
    return save_plan(
        professional=service.professional,
        plan=None,
        name="Seguimiento",
        description="",
        price=service.price,
        currency=service.currency,
        months=chance.choice([1, 3]),
        included=[line],
        actor=Actor("professional"),
    )
