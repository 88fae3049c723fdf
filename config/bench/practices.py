"""The data of the measurements: practices with more or less history, made as rows, because only reading is measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count, islice
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from accounts.models import Patient, Professional, Role, User
from bookings.domain.lifecycle_table import Status
from bookings.models import AvailabilityBlock, Booking, BookingPolicy, CancelledBy, Modality, Service
from core.models import DataKey

ZONE = ZoneInfo("America/Bogota")  # no clock changes: a plain version may be simple
OPENS, CLOSES = time(9), time(17)
SLOT = timedelta(minutes=30)
WORKDAYS = range(1, 6)
HORIZON_DAYS = 120
# Of all appointments ever, those that still lie ahead; and the most of them, about half of two months.
AHEAD, MOST_AHEAD = 0.1, 350
# One in so many was cancelled.
CANCELLED_EVERY = 8


def make_practice(slug: str, *, bookings: int = 0) -> Service:
    """A free service of a professional who works Monday to Friday, 9:00 to 17:00, with so many appointments."""
    user = User.objects.create(email=f"{slug}@bench.test", role=Role.PROFESSIONAL, name="Dra. Ana Medina")
    professional = Professional.objects.create(
        user=user,
        slug=slug,
        name=user.name,
        timezone=ZONE.key,
        city="Bogotá",
        approved_at=timezone.now(),
    )
    BookingPolicy.objects.create(
        professional=professional, minimum_notice_minutes=0, horizon_days=HORIZON_DAYS, step_minutes=30
    )
    AvailabilityBlock.objects.bulk_create(
        AvailabilityBlock(professional=professional, weekday=weekday, starts=OPENS, ends=CLOSES)
        for weekday in WORKDAYS
    )
    service = Service.objects.create(
        professional=professional, slug="consulta", name="Consulta", modality=Modality.IN_PERSON, price=0
    )
    add_bookings(service, *_history(bookings))
    return service


def settle() -> None:
    """What PostgreSQL does by itself after a while: statistics, and a map of what all can see."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def workdays_from(day: date) -> Iterator[date]:
    following = (day + timedelta(days=number) for number in count())
    return (other for other in following if other.isoweekday() in WORKDAYS)


def starts_of(days: Iterable[date], *, every: int = 1) -> Iterator[datetime]:
    """Every so manieth start of these days, in UTC."""
    for day in days:
        start, closes = (datetime.combine(day, wall, ZONE).astimezone(UTC) for wall in (OPENS, CLOSES))
        while start < closes:
            yield start
            start += every * SLOT


def month_ahead() -> tuple[date, date]:
    """First and last day of the next month, of which nothing is past."""
    first = (timezone.localdate(timezone=ZONE).replace(day=1) + timedelta(days=32)).replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def add_bookings(service: Service, coming: Iterable[datetime], past: Iterable[datetime] = ()) -> None:
    patient = Patient.objects.create(
        professional=service.professional, data_key=DataKey.create(), name="Juan Pérez", language="es"
    )
    rows = [_row(service, patient, start, Status.CONFIRMED) for start in coming]
    rows += [_row(service, patient, start, _outcome(number)) for number, start in enumerate(past)]
    Booking.objects.bulk_create(rows, batch_size=1000)


def _history(total: int) -> tuple[Iterator[datetime], Iterator[datetime]]:
    """What is coming, at every second start from tomorrow on, and what is past, back to back from yesterday on."""
    ahead = min(round(total * AHEAD), MOST_AHEAD)
    today = timezone.localdate(timezone=ZONE)
    coming = starts_of(workdays_from(today + timedelta(days=1)), every=2)
    past = starts_of(_workdays_before(today))
    return islice(coming, ahead), islice(past, total - ahead)


def _workdays_before(day: date) -> Iterator[date]:
    previous = (day - timedelta(days=number) for number in count(1))
    return (other for other in previous if other.isoweekday() in WORKDAYS)


def _outcome(number: int) -> Status:
    return Status.CANCELLED if number % CANCELLED_EVERY == 0 else Status.COMPLETED


def _row(service: Service, patient: Patient, start: datetime, status: Status) -> Booking:
    key = uuid4()
    return Booking(
        id=key,
        reference=f"B-{key.hex[:12]}",
        professional=service.professional,
        patient=patient,
        service=service,
        status=status,
        modality=service.modality,
        starts_at=start,
        ends_at=start + SLOT,
        blocked_from=start,
        blocked_until=start + SLOT,
        price=Decimal(0),
        currency=service.currency,
        meeting_limit_minutes=service.meeting_limit_minutes,
        cancelled_by=CancelledBy.PATIENT if status == Status.CANCELLED else "",
        closed_at=None if status == Status.CONFIRMED else start,
    )
