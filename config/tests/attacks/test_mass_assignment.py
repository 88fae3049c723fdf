"""Whoever sends more than is asked for gains nothing: no role, no row of somebody else's, no other price."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import Patient, Professional, User
from bookings.models import AvailabilityBlock, Booking, BookingRequest, Service, TimeOff
from bookings.tests.factories import make_professional
from config.tests.access import Line, lines
from config.tests.access_world import World
from payments.models import Payment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_product")]
KEPT = {
    User: ("role", "is_staff", "is_superuser", "is_active", "temporary_password_until", "closed_at"),
    Professional: ("user", "slug", "approved_at"),
    Patient: ("professional", "user", "merged_into"),
    Service: ("professional",),
    AvailabilityBlock: ("professional",),
    TimeOff: ("professional",),
    Booking: ("professional", "patient", "status", "price", "settled_at", "accepted_at", "channel"),
    BookingRequest: ("professional", "status", "booking"),
    Payment: ("status", "amount", "paid_at"),
}


def more(foreign: Any) -> dict[str, Any]:
    """What nobody may say of oneself."""
    return {
        "id": str(uuid4()),
        "pk": str(uuid4()),
        "role": "it_admin",
        "is_staff": True,
        "is_superuser": True,
        "user": str(foreign.user.pk),
        "user_id": str(foreign.user.pk),
        "professional_id": str(foreign.pk),
        "practice": str(foreign.pk),
        "approved_at": "2020-01-01T00:00:00Z",
        "status": "completed",
        "settled_at": "2020-01-01T00:00:00Z",
        "accepted_at": "2020-01-01T00:00:00Z",
        "amount": "0",
        "channel": "staff",
        "merged_into": str(uuid4()),
        "email_verified": True,
    }


def state() -> dict[str, list[tuple[Any, ...]]]:
    """What must not move, whatever rows come and go: ids of new rows are no part of it."""
    return {
        model.__name__: sorted(model.objects.values_list(*names), key=repr) for model, names in KEPT.items()
    }


def after(world: World, client: Any, line: Line, extra: dict[str, Any]) -> tuple[int, Any]:
    kind = {"content_type": "application/json"} if line.address.startswith("/api/") else {}
    with transaction.atomic():
        answer = getattr(client, line.method)(world.path(line), world.body(line) | extra, **kind)
        found = _without_times(state())
        transaction.set_rollback(True)
    return answer.status_code, found


def _without_times(found: Any) -> Any:
    """That something has happened now counts, and not when."""
    return {
        name: sorted(
            (tuple(bool(cell) if hasattr(cell, "tzinfo") else cell for cell in row) for row in rows), key=repr
        )
        for name, rows in found.items()
    }


@pytest.mark.parametrize("person", ["own_patient", "own_professional", "medical_admin"])
def test_it_is_ignored_or_refused(person):
    world = World()
    foreign = make_professional()
    client = world.client(person)
    before = _without_times(state())
    wrong = []
    for line in lines():
        is_ours = line.address.startswith("/") and not line.address.startswith("/admin/")
        if not is_ours or line.method == "get" or line.answers[person] not in {"200", "201", "204", "302"}:
            continue
        _status, plain = after(world, client, line, {})
        status, poisoned = after(world, client, line, more(foreign))
        if status >= 500 or poisoned not in (before, _with_new_rows(plain, poisoned)):
            wrong.append(f"{line}: {status} {_difference(plain, poisoned)}")
    assert not wrong, "\n".join(wrong)


def _with_new_rows(plain: Any, poisoned: Any) -> Any:
    """New patients have new ids: rows that differ by those alone are the same."""
    return poisoned if _blurred(plain) == _blurred(poisoned) else plain


def _blurred(found: Any) -> Any:
    known = {pk for model in KEPT for pk in model.objects.values_list("pk", flat=True)}
    return {
        name: sorted(
            (
                tuple(
                    "new" if hasattr(c, "hex") and hasattr(c, "node") and c not in known else c for c in row
                )
                for row in rows
            ),
            key=repr,
        )
        for name, rows in found.items()
    }


def _difference(plain: Any, poisoned: Any) -> Any:
    return {name: set(poisoned[name]) ^ set(plain[name]) for name in plain if plain[name] != poisoned[name]}


@pytest.mark.parametrize("address", ["/signup", "/signup/professional", "/api/v1/auth/register"])
def test_nobody_registers_as_staff(client, address):
    body = {"email": "new@example.org", "name": "Eva Ruiz", "password": "correct horse battery"}
    body |= {"timezone": "America/Bogota", "language": "es"} | more(make_professional())
    kind = {"content_type": "application/json"} if "/api/" in address else {}
    client.post(address, body, **kind)
    for user in User.objects.filter(email="new@example.org"):
        assert not (user.is_staff or user.is_superuser or user.role not in {"patient", "professional"})
        assert not user.emailaddress_set.filter(verified=True).exists()
        assert not Professional.objects.filter(user=user, approved_at__year=2020).exists()
