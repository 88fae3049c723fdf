"""Makes the demo's accounts and practices. Only ever in the embedded default."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from accounts.backends import DEMO_DOMAIN
from accounts.models import Professional, Role, Specialty, User
from accounts.second_factor.verbs import give_app
from accounts.services import create_professional, create_user
from bookings.demo.diary import fill_diaries
from bookings.demo.plans import sell_plans
from bookings.demo.practices import DOCTOR, PRACTICES, SPECIALTIES, Practice
from bookings.models import AvailabilityBlock, BookingPolicy, Service
from core.errors import NotAllowed

PASSWORD = "demo-vicita"  # noqa: S105  (printed at start; refused outside the embedded demo)
PATIENT, IT, ADMIN = (f"{name}@{DEMO_DOMAIN}" for name in ("patient", "it", "admin"))
TERESA = f"teresa@{DEMO_DOMAIN}"


def seed() -> bool:
    """Makes the demo's data once; False when they are there. Raises NotAllowed outside the embedded demo."""
    if not settings.EMBEDDED:
        raise NotAllowed("Demo data belong to the embedded default alone.", code="not_embedded")
    # Any of them: people try out what deleting an account does.
    if User.objects.filter(email__in=[DOCTOR, PATIENT, IT, ADMIN]).exists():
        return False
    with transaction.atomic():
        for slug, (spanish, english) in SPECIALTIES.items():
            Specialty.objects.get_or_create(slug=slug, defaults={"name_es": spanish, "name_en": english})
        for practice in PRACTICES:
            _practice(practice)
        patient = create_user(
            email=PATIENT, password=PASSWORD, name="Julia Torres", timezone="America/Bogota"
        )
        create_user(email=TERESA, password=PASSWORD, name="Teresa Molina", timezone="America/Bogota")
        for email, name, role in (
            (IT, "Iván Tello", Role.IT_ADMIN),
            (ADMIN, "Ada Molina", Role.MEDICAL_ADMIN),
        ):
            give_app(create_user(email=email, password=PASSWORD, name=name, role=role))
    sell_plans()
    fill_diaries(patient)
    return True


def _practice(practice: Practice) -> None:
    user = create_user(
        email=practice.email,
        password=PASSWORD,
        name=practice.name,
        role=Role.PROFESSIONAL,
        timezone=practice.zone,
    )
    professional = create_professional(
        user=user,
        slug=practice.slug,
        name=practice.name,
        specialties=Specialty.objects.filter(slug__in=practice.specialties),
        licence=practice.licence,
        bio=practice.bio,
        city=practice.city,
        country=practice.country,
        address=practice.address,
        languages=practice.languages,
        timezone=practice.zone,
    )
    BookingPolicy.objects.filter(professional=professional).update(**practice.policy)
    for weekdays, starts, ends in practice.hours:
        for weekday in weekdays:
            _open(professional, weekday, starts, ends)
    for weekdays, starts, ends, modality in practice.kept_hours:
        for weekday in weekdays:
            _open(professional, weekday, starts, ends, [modality])
    for offer in practice.offers:
        Service.objects.create(
            professional=professional,
            slug=offer.slug,
            name=offer.name,
            description=offer.description,
            modality=offer.modality,
            duration_minutes=offer.minutes,
            buffer_after_minutes=offer.buffer_after,
            price=Decimal(offer.price),
            currency=practice.currency,
        )


def _open(
    professional: Professional, weekday: int, starts: str, ends: str, modalities: Sequence[str] = ()
) -> None:
    AvailabilityBlock.objects.create(
        professional=professional,
        weekday=weekday,
        starts=time.fromisoformat(starts),
        ends=time.fromisoformat(ends),
        modalities=list(modalities),
    )
