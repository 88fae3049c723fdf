"""Plain functions that make what a story needs, with sensible defaults."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Professional, Role, Specialty, User
from accounts.tests.people import give_second_factor
from bookings import services
from bookings.models import AvailabilityBlock, Booking, BookingPolicy, BookingRequest, Service, TimeOff
from bookings.selectors import next_free_slots
from bookings.services.booking import PatientDetails
from core.actor import Actor

_count = itertools.count(1)
PATIENT = Actor("patient")
PASSWORD = "correct horse battery"


def make_user(*, role: str = Role.PATIENT, email: str = "", **fields: Any) -> User:
    """Staff have the second factor that their role asks for."""
    email = email or f"{role}{next(_count)}@example.org"
    user = User.objects.create_user(email, PASSWORD, role=role, **fields)
    if role in settings.SECOND_FACTOR_ROLES:
        give_second_factor(user)
    return user


def make_professional(
    *, zone: str = "America/Bogota", always_open: bool = False, **fields: Any
) -> Professional:
    """Works Monday to Friday, 9:00 to 17:00; or day and night."""
    number = next(_count)
    policy = {
        name: fields.pop(name)
        for name in list(fields)
        if name in {field.name for field in BookingPolicy._meta.get_fields()}
    }
    user = fields.pop("user", None) or make_user(role=Role.PROFESSIONAL, name=f"Dra. Ana {number}")
    professional = Professional.objects.create(
        user=user,
        **{"slug": f"ana-{number}", "name": f"Dra. Ana {number}", "timezone": zone, "city": "Bogotá"}
        | {"approved_at": timezone.now()}
        | fields,
    )
    specialty, _created = Specialty.objects.get_or_create(
        slug="psychology", defaults={"name_es": "Psicología", "name_en": "Psychology"}
    )
    professional.specialties.add(specialty)
    defaults = {"minimum_notice_minutes": 0, "step_minutes": 10} if always_open else {}
    BookingPolicy.objects.create(professional=professional, **defaults | policy)
    hours = (time(0), time(0)) if always_open else (time(9), time(17))
    AvailabilityBlock.objects.bulk_create(
        AvailabilityBlock(professional=professional, weekday=weekday, starts=hours[0], ends=hours[1])
        for weekday in range(1, 8 if always_open else 6)
    )
    return professional


def make_time_off(professional: Professional, *, days: int = 700, **fields: Any) -> TimeOff:
    """A day, that many days from now."""
    starts_at = timezone.now().replace(second=0, microsecond=0) + timedelta(days=days)
    return TimeOff.objects.create(
        professional=professional,
        **{"starts_at": starts_at, "ends_at": starts_at + timedelta(days=1)} | fields,
    )


def make_service(professional: Professional, **fields: Any) -> Service:
    number = next(_count)
    defaults: dict[str, Any] = {
        "slug": f"consultation-{number}",
        "name": "Consultation",
        "duration_minutes": 30,
        "price": Decimal("25000"),
        "currency": "COP",
    }
    return Service.objects.create(professional=professional, **defaults | fields)


def make_booking(service: Service | None = None, *, start: datetime | None = None, **details: Any) -> Booking:
    """Booked by the public verb at the next free start."""
    service = service or make_service(make_professional(always_open=True))
    user = details.pop("user", None)
    number = next(_count)
    return services.book(
        service=service,
        starts_at=start or next_free_slots(service=service, count=1)[0],
        patient=PatientDetails(
            **{"name": "Juan Pérez", "email": f"juan{number}@example.org", "language": "es"} | details
        ),
        actor=PATIENT,
        user=user,
    )


def make_confirmed(service: Service | None = None, **details: Any) -> Booking:
    """A free booking, accepted."""
    service = service or make_service(make_professional(always_open=True), price=0)
    booking = make_booking(service, **details)
    if booking.status == "waiting_for_professional":
        booking = services.accept(booking_id=booking.pk, actor=Actor("professional"))
    return booking


def make_request(service: Service | None = None, *, user: User | None = None, **wish: Any) -> BookingRequest:
    """Asked for by the public verb; `wish` also says who asks."""
    service = service or make_service(make_professional(always_open=True), price=0)
    who = {"name": "Juan Pérez", "email": f"juan{next(_count)}@example.org", "language": "es"}
    details = {name: wish.pop(name, who.get(name, "")) for name in (*who, "phone", "timezone")}
    return services.request_booking(
        service=service, patient=PatientDetails(**details), user=user, actor=PATIENT, **wish
    )


def hold_over(booking: Booking) -> Booking:
    """The hold (or the time to answer) has just ended, and the sweep has come by."""
    name = "hold_ends_at" if booking.status == "pending_payment" else "answer_due_at"
    Booking.objects.filter(pk=booking.pk).update(**{name: Now() - timedelta(seconds=1)})
    return services.expire(booking_id=booking.pk)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def open_window(booking: Booking, *, starts_in: timedelta = timedelta(0)) -> Booking:
    """Moves the booking's rows so that it starts that far from now (sweeps read the database's clock)."""
    now = datetime.now(UTC)
    length = booking.ends_at - booking.starts_at
    booking.starts_at = now + starts_in
    booking.ends_at = booking.starts_at + length
    booking.blocked_from, booking.blocked_until = booking.starts_at, booking.ends_at
    booking.save()
    if booking.meeting is not None:
        booking.meeting.opens_at = booking.starts_at - timedelta(minutes=10)
        booking.meeting.closes_at = booking.ends_at
        booking.meeting.save()
    return booking
