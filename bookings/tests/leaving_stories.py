"""People with appointments, who leave."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Leaving, Professional, User
from accounts.services import create_user, leaving
from bookings.models import Booking
from bookings.selectors import next_free_slots
from bookings.tests.factories import PASSWORD, make_booking, make_confirmed, make_service, open_window
from bookings.tests.test_settlement import settled
from core.errors import DomainError

LUZ = "luz@example.org"


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(DomainError) as refusal:
        yield
    assert refusal.value.code == code


def make_luz(**fields: Any) -> User:
    return create_user(email=LUZ, password=PASSWORD, name="Luz Marín", **fields)


def booked_by(user: User, service: Any, **details: Any) -> dict[str, Any]:
    return {"service": service, "user": user, "email": user.email, "name": user.name, **details}


def all_kinds(professional: Professional, patient: User) -> dict[str, Booking]:
    """One of each: `in_time` and `late` are paid and confirmed, and so on. Half of a late price goes back."""
    professional.policy.auto_accept, professional.policy.late_refund_percent = True, 50
    professional.policy.save()
    priced = make_service(professional, price=Decimal("100"), currency="USD")
    free = make_service(professional, price=0)
    late = open_window(settled(make_booking(**booked_by(patient, priced))), starts_in=timedelta(hours=2))
    past = open_window(make_confirmed(**booked_by(patient, free)), starts_in=timedelta(days=-2))
    Booking.objects.filter(pk=past.pk).update(status="completed", closed_at=timezone.now())
    in_time = settled(make_booking(**booked_by(patient, priced, start=_in_days(professional, priced, 5))))
    unpaid = make_booking(**booked_by(patient, priced, start=_in_days(professional, priced, 6)))
    professional.policy.auto_accept = False
    professional.policy.save()
    # Late by its terms, but nobody has accepted it yet.
    waiting = settled(make_booking(**booked_by(patient, priced, start=_in_days(professional, priced, 7))))
    return {"late": late, "past": past, "in_time": in_time, "unpaid": unpaid, "waiting": waiting}


def _in_days(professional: Professional, service: Any, days: int) -> Any:
    return next_free_slots(service=service, after=timezone.now() + timedelta(days=days), count=1)[0]


def settle_all() -> None:
    """The sweep comes by until nobody is left."""
    for _n in range(20):
        Leaving.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        leaving.carry_on()
        if not Leaving.objects.exists():
            return
    raise AssertionError("somebody never gets away")
