"""The demo practice: enough for a newcomer to try everything at once. Only ever in the embedded default."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction

from accounts.backends import DEMO_DOMAIN
from accounts.models import Role, Specialty, User
from accounts.services import create_professional, create_user
from bookings import services
from bookings.models import AvailabilityBlock, BookingPolicy, Modality, Service
from bookings.selectors import next_free_slots
from bookings.services.booking import PatientDetails
from core.errors import NotAllowed

PASSWORD = "demo-vicita"  # noqa: S105  (printed at start; refused outside the embedded demo)
DOCTOR, PATIENT, IT, ADMIN = (f"{name}@{DEMO_DOMAIN}" for name in ("doctor", "patient", "it", "admin"))

SPECIALTIES = {
    "general-medicine": ("Medicina general", "General medicine"),
    "psychology": ("Psicología", "Psychology"),
    "dermatology": ("Dermatología", "Dermatology"),
    "nutrition": ("Nutrición", "Nutrition"),
    "coaching": ("Coaching", "Coaching"),
}


class Offer(NamedTuple):
    slug: str
    name: str
    description: str
    minutes: int
    price: str
    modality: str = Modality.VIDEO
    buffer_after: int = 0


class Practice(NamedTuple):
    email: str
    name: str
    slug: str
    specialties: tuple[str, ...]
    city: str
    country: str
    zone: str
    currency: str
    licence: str
    address: str
    languages: tuple[str, ...]
    bio: str
    offers: tuple[Offer, ...]
    hours: tuple[tuple[range, str, str], ...]
    policy: dict[str, Any]


PRACTICES = (
    Practice(
        DOCTOR,
        "Dra. Lucía Peña",
        "lucia-pena",
        ("general-medicine",),
        "Bogotá",
        "CO",
        "America/Bogota",
        "COP",
        "RM 28-45921",
        "Calle 93 # 14-20, consultorio 502",
        ("es", "en"),
        "Médica de familia con quince años de experiencia. Atiende a distancia de día y de noche: una consulta "
        "reservada ahora empieza en minutos.",
        (
            Offer("videoconsulta", "Videoconsulta", "Consulta médica general por vídeo.", 20, "60000"),
            Offer("orientacion", "Orientación breve", "Una duda concreta, sin costo.", 10, "0"),
            Offer("llamada", "Consulta por llamada", "Solo voz, sin cámara.", 20, "45000", Modality.AUDIO),
        ),
        ((range(1, 8), "00:00", "00:00"),),
        {"minimum_notice_minutes": 0, "step_minutes": 10, "horizon_days": 30, "answer_minutes": 60},
    ),
    Practice(
        "rossi@demo.test",
        "Lic. Martín Rossi",
        "martin-rossi",
        ("psychology", "coaching"),
        "Buenos Aires",
        "AR",
        "America/Argentina/Buenos_Aires",
        "ARS",
        "MN 45.871",
        "Av. Santa Fe 2450, piso 3",
        ("es",),
        "Psicólogo clínico. Acompaña procesos de ansiedad, duelo y cambios de vida, con orientación cognitiva.",
        (
            Offer(
                "terapia", "Sesión de terapia", "Sesión individual por vídeo.", 60, "38000", buffer_after=10
            ),
            Offer(
                "presencial",
                "Sesión en consultorio",
                "Sesión individual en Palermo.",
                60,
                "42000",
                Modality.IN_PERSON,
                10,
            ),
            Offer("primera", "Primera entrevista", "Para conocernos, sin costo.", 30, "0"),
        ),
        ((range(1, 6), "09:00", "13:00"), (range(1, 5), "15:00", "20:00")),
        {"minimum_notice_minutes": 240, "step_minutes": 30},
    ),
    Practice(
        "navarro@demo.test",
        "Dra. Elena Navarro",
        "elena-navarro",
        ("dermatology",),
        "Madrid",
        "ES",
        "Europe/Madrid",
        "EUR",
        "28/28 71 034",
        "Calle de Serrano 41, 2.º B",
        ("es", "en"),
        "Dermatóloga. Revisión de lunares, acné y piel sensible, en consulta o por vídeo.",
        (
            Offer(
                "revision", "Revisión por vídeo", "Seguimiento de un tratamiento.", 15, "35", buffer_after=5
            ),
            Offer(
                "consulta",
                "Consulta en clínica",
                "Exploración completa de la piel.",
                30,
                "70",
                Modality.IN_PERSON,
                10,
            ),
        ),
        ((range(1, 6), "08:30", "14:30"),),
        {"minimum_notice_minutes": 720, "step_minutes": 15, "auto_accept": True, "late_refund_percent": 50},
    ),
    Practice(
        "soto@demo.test",
        "Camila Soto",
        "camila-soto",
        ("nutrition", "coaching"),
        "Santiago",
        "CL",
        "America/Santiago",
        "CLP",
        "",
        "",
        ("es", "en"),
        "Nutricionista y coach de hábitos. Planes posibles, sin prohibiciones.",
        (
            Offer("plan", "Plan de alimentación", "Evaluación y plan por vídeo.", 45, "32000"),
            Offer("seguimiento", "Seguimiento", "Ajustes del plan, por vídeo.", 30, "18000"),
            Offer("hola", "Primera conversación", "Quince minutos, sin costo.", 15, "0"),
        ),
        ((range(2, 7), "10:00", "18:00"),),
        {"minimum_notice_minutes": 60, "step_minutes": 15, "auto_accept": True},
    ),
)


def seed() -> bool:
    """Makes the demo's data once; False when they are there. Raises NotAllowed outside the embedded demo."""
    if not settings.EMBEDDED:
        raise NotAllowed("Demo data belong to the embedded default alone.", code="not_embedded")
    if User.objects.filter(email=DOCTOR).exists():
        return False
    with transaction.atomic():
        for slug, (spanish, english) in SPECIALTIES.items():
            Specialty.objects.get_or_create(slug=slug, defaults={"name_es": spanish, "name_en": english})
        for practice in PRACTICES:
            _practice(practice)
        patient = create_user(
            email=PATIENT, password=PASSWORD, name="Julia Torres", timezone="America/Bogota"
        )
        create_user(email=IT, password=PASSWORD, name="Iván Tello", role=Role.IT_ADMIN)
        create_user(email=ADMIN, password=PASSWORD, name="Ada Molina", role=Role.MEDICAL_ADMIN)
    _book_some(patient)
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
    BookingPolicy.objects.create(professional=professional, **practice.policy)
    for weekdays, starts, ends in practice.hours:
        for weekday in weekdays:
            AvailabilityBlock.objects.create(
                professional=professional,
                weekday=weekday,
                starts=time.fromisoformat(starts),
                ends=time.fromisoformat(ends),
            )
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


def _book_some(user: User) -> None:
    """A first look at the dashboards is not an empty one."""
    wishes = (
        ("lucia-pena", "orientacion", "Julia Torres", PATIENT, "Tos desde hace tres días.", user, 20),
        ("lucia-pena", "orientacion", "Andrés Gil", "andres@demo.test", "Renovar una receta.", None, 40),
        ("camila-soto", "hola", "Julia Torres", PATIENT, "", user, 4),
    )
    for professional, service_slug, name, email, reason, account, ahead in wishes:
        service = Service.objects.select_related("professional__policy").get(
            slug=service_slug, professional__slug=professional
        )
        free = next_free_slots(service=service, count=ahead + 1)
        if not free:
            continue
        services.book(
            service=service,
            starts_at=free[-1],
            patient=PatientDetails(
                name=name, email=email, reason=reason, timezone=service.professional.timezone
            ),
            **services.who_books(account),
        )
