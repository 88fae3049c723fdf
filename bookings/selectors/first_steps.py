"""What a new practice still needs before anybody can book with it."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Professional
from bookings.models import AvailabilityBlock, Service


@dataclass(frozen=True)
class FirstSteps:
    is_approved: bool
    has_services: bool
    has_hours: bool

    @property
    def are_done(self) -> bool:
        return self.is_approved and self.has_services and self.has_hours


def first_steps_of(professional: Professional) -> FirstSteps:
    return FirstSteps(
        is_approved=professional.approved_at is not None,
        has_services=Service.objects.filter(professional=professional, is_active=True).exists(),
        has_hours=AvailabilityBlock.objects.filter(professional=professional).exists(),
    )
