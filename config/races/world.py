"""Few professionals, few patients, one day: whoever does anything runs into somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Professional, Role, User
from bookings.models import AvailabilityBlock, BookingPolicy, Modality, Service
from bookings.services.booking import PatientDetails

STEP = 5
HOURS_OF_PLAY = 8
# Minutes: duration, buffer before, buffer after.
LENGTHS = [(20, 0, 0), (30, 5, 10), (45, 15, 0), (60, 0, 15), (90, 10, 5)]
PRACTICES: list[dict[str, Any]] = [
    {"auto_accept": True},
    {"auto_accept": False},
    {"auto_accept": True, "max_bookings_per_day": 9},
]
PATIENTS = [PatientDetails(name=f"Paciente {n}", email=f"paciente{n}@races.test") for n in range(7)]
# The same people under another name: records that a practice may join.
NICKNAMES = [PatientDetails(name=f"Paco {n}", email=f"paciente{n}@races.test") for n in range(2)]


@dataclass(frozen=True)
class World:
    """What all players know; it can be sent to other processes."""

    service_ids: list[str]
    begins: datetime

    def starts(self) -> list[datetime]:
        steps = HOURS_OF_PLAY * 60 // STEP
        return [self.begins + timedelta(minutes=STEP * number) for number in range(steps)]


def make_world() -> World:
    services = [service for number, policy in enumerate(PRACTICES) for service in _practice(number, policy)]
    tomorrow = timezone.now().date() + timedelta(days=1)
    begins = datetime.combine(tomorrow, time(8), UTC)
    return World(service_ids=[str(service.pk) for service in services], begins=begins)


def _practice(number: int, policy: dict[str, Any]) -> list[Service]:
    user = User.objects.create(email=f"doctora{number}@races.test", role=Role.PROFESSIONAL, name="Dra. Ana")
    professional = Professional.objects.create(
        user=user,
        slug=f"races-{number}",
        name="Dra. Ana",
        timezone="UTC",
        approved_at=timezone.now(),
    )
    BookingPolicy.objects.create(
        professional=professional, minimum_notice_minutes=0, cancellation_hours=0, step_minutes=STEP, **policy
    )
    for weekday in range(1, 8):
        AvailabilityBlock.objects.create(
            professional=professional, weekday=weekday, starts=time(0), ends=time(0)
        )
    return [
        Service.objects.create(
            professional=professional,
            slug=f"s{length}",
            name=f"{length} min",
            duration_minutes=length,
            buffer_before_minutes=before,
            buffer_after_minutes=after,
            modality=Modality.VIDEO if place % 2 else Modality.IN_PERSON,
            # Some are paid, so that there are holds to end.
            price=Decimal(place % 3 and 50),
        )
        for place, (length, before, after) in enumerate(LENGTHS)
    ]
