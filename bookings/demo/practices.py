"""Who practises in the demo, and what they offer."""

from __future__ import annotations

from typing import Any, NamedTuple

from bookings.models import Modality

DOCTOR = "doctor@demo.test"

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
    # Hours of these modalities alone: weekdays, from, until, modality.
    kept_hours: tuple[tuple[range, str, str, str], ...] = ()


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
        ((range(1, 6), "09:00", "13:00"), (range(1, 4), "15:00", "20:00")),
        {
            "minimum_notice_minutes": 240,
            "step_minutes": 30,
            "max_bookings_per_day": 7,
            "closed_on_holidays": True,
        },
        ((range(4, 5), "15:00", "20:00", Modality.IN_PERSON),),
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
        {
            "minimum_notice_minutes": 720,
            "step_minutes": 15,
            "auto_accept": True,
            "late_refund_percent": 50,
            "closed_on_holidays": True,
            "holiday_region": "MD",
        },
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
