"""What stands in the demo's diaries, so that a first look at them is not an empty one. All by the verbs themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from accounts.models import Professional, User
from bookings import services
from bookings.demo.practices import DOCTOR
from bookings.models import Service
from bookings.selectors import next_free_slots, practice_slots
from bookings.services.availability import add_block
from bookings.services.booking import PatientDetails
from bookings.services.time_off import add_time_off
from core.actor import Actor
from core.errors import DomainError

DAY = timedelta(days=1)

# Practice, service, name, e-mail, reason, which of the next free times.
WISHES = (
    ("lucia-pena", "orientacion", "Julia Torres", "patient@demo.test", "Tos desde hace tres días.", 20),
    ("lucia-pena", "orientacion", "Andrés Gil", "andres@demo.test", "Renovar una receta.", 40),
    ("camila-soto", "hola", "Julia Torres", "patient@demo.test", "", 4),
)

# By the practice's hand: service, name, e-mail, phone, reason, days from today, hour, paid at the practice.
BY_HAND = (
    (
        "orientacion",
        "Teresa Molina",
        "teresa@demo.test",
        "+57 300 555 0101",
        "Control de tensión.",
        1,
        9,
        False,
    ),
    ("videoconsulta", "Óscar Prieto", "oscar@demo.test", "+57 300 555 0102", "Dolor lumbar.", 1, 11, True),
    ("videoconsulta", "Marta Lozano", "marta@demo.test", "+57 300 555 0103", "Resultados.", 1, 16, False),
    ("llamada", "Don Anselmo Díaz", "", "+57 300 555 0104", "Prefiere el teléfono.", 2, 10, True),
    (
        "orientacion",
        "Andrés Gil",
        "andres.gil@demo.test",
        "+57 300 555 0105",
        "Vacuna de viaje.",
        3,
        9,
        False,
    ),
    ("videoconsulta", "Nadia Ferrer", "nadia@demo.test", "", "Migraña.", 4, 12, True),
    ("orientacion", "Teresa Molina", "teresa@demo.test", "+57 300 555 0101", "Segundo control.", 8, 9, False),
)


def fill_diaries(user: User) -> None:
    """`user` is the demo's patient with an account."""
    for slug, service_slug, name, email, reason, ahead in WISHES:
        service = _service(slug, service_slug)
        account = user if email == user.email else None
        free = next_free_slots(service=service, count=ahead + 1, asker=account)
        if free:
            services.book(
                service=service,
                starts_at=free[-1],
                patient=_details(service.professional, name, email, reason=reason),
                **services.who_books(account),
            )
    professional = Professional.objects.select_related("user").get(user__email=DOCTOR)
    _write_by_hand(professional)
    _wish_for_a_time(professional)
    _go_away_and_open_a_saturday(Professional.objects.select_related("user").get(slug="elena-navarro"))


def _go_away_and_open_a_saturday(professional: Professional) -> None:
    actor = Actor("professional", professional.user_id)
    today = timezone.localdate(timezone=professional.zone)
    leaves, returns = (
        datetime.combine(today + n * DAY, time(0), professional.zone).astimezone(UTC) for n in (10, 13)
    )
    add_time_off(professional=professional, actor=actor, starts_at=leaves, ends_at=returns, reason="Congreso")
    saturday = today + (13 - today.isoweekday()) * DAY  # of the week to come
    add_block(
        professional=professional,
        actor=actor,
        date=saturday,
        starts=time(10),
        ends=time(13),
        notes="Sábado de puertas abiertas",
        modalities=["in_person"],
    )


def _write_by_hand(professional: Professional) -> None:
    for service_slug, name, email, phone, reason, days, hour, pays_here in BY_HAND:
        service = _service(professional.slug, service_slug)
        for start in _free_from(service, days, hour):
            try:
                services.book_by_hand(
                    service=service,
                    starts_at=start,
                    patient=_details(professional, name, email, phone),
                    actor=Actor("professional", professional.user_id),
                    reason=reason,
                    pays_at_practice=pays_here,
                )
                break
            except DomainError:
                continue


def _wish_for_a_time(professional: Professional) -> None:
    today = timezone.localdate(timezone=professional.zone)
    services.request_booking(
        service=_service(professional.slug, "videoconsulta"),
        patient=_details(professional, "Rosa Varela", "rosa@demo.test", "+57 300 555 0106"),
        message="Trabajo por turnos: me vendría bien un sábado muy temprano.",
        preferred_from=today + 5 * DAY,
        preferred_until=today + 12 * DAY,
        part_of_day="morning",
        actor=Actor("patient"),
    )


def _free_from(service: Service, days: int, hour: int) -> Iterator[datetime]:
    """The practice's own free times of that day, from this hour on."""
    zone = service.professional.zone
    day = timezone.localdate(timezone=zone) + days * DAY
    earliest = datetime.combine(day, time(hour), zone)
    free = practice_slots(service=service, first=day, last=day, zone=zone)
    return (start for start in free if start >= earliest)


def _service(slug: str, service_slug: str) -> Service:
    services = Service.objects.select_related("professional__policy", "professional__user")
    return services.get(slug=service_slug, professional__slug=slug)


def _details(
    professional: Professional, name: str, email: str, phone: str = "", reason: str = ""
) -> PatientDetails:
    return PatientDetails(name=name, email=email, phone=phone, reason=reason, timezone=professional.timezone)
