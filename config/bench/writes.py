"""(c) A booking by HTTP, against a raw insert and against a view that locks one row and inserts."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import psycopg
from django.utils import timezone

from accounts.models import Patient
from bookings.models import AvailabilityBlock, BookingPolicy, Service
from config.bench.figures import Figure, in_turns
from config.bench.practices import SLOT, make_practice
from config.bench.server import Connection, request
from core.models import DataKey

CONNECTIONS, EACH = 8, 3
AIM = 2.0

INSERT = """
INSERT INTO bookings_booking (
    id, reference, professional_id, patient_id, service_id, patient_identity, status, channel, modality,
    starts_at, ends_at, blocked_from, blocked_until, price, currency, meeting_limit_minutes, language, timezone,
    link_version, cancelled_by, absent, cancellation_hours, late_refund_percent, pays_at_practice, reason,
    notes, closing_reason, move_reason, created_at, updated_at
) VALUES (
    %(id)s, %(reference)s, %(professional)s, %(patient)s, %(service)s, %(identity)s, 'confirmed', 'public', 'in_person',
    %(start)s, %(end)s, %(start)s, %(end)s, 0, 'USD', 18, 'es', '', 0, '', '', 24, 0, false, '',
    '', '', '', now(), now()
)
"""


class Target:
    """A practice that is always open, and its next start that nobody has taken."""

    def __init__(self, slug: str) -> None:
        self.service = _always_open(slug)
        self.patient = Patient.objects.create(
            professional=self.service.professional, data_key=DataKey.create(), name="Ana", language="es"
        )
        self._starts = _every_half_hour()
        self._number = itertools.count()

    def start(self) -> datetime:
        return next(self._starts)

    def guest(self) -> bytes:
        """A booking by the guests' API, of somebody new."""
        person = f"guest-{self.service.professional.slug}-{next(self._number)}@bench.test"
        asked = {
            "service": "consulta",
            "start": self.start().isoformat(),
            "name": "Ana Ruiz",
            "email": person,
        }
        path = f"/api/v1/professionals/{self.service.professional.slug}/bookings"
        return request("POST", path, json.dumps(asked).encode())

    def bare(self) -> bytes:
        asked = {
            "service": str(self.service.pk),
            "patient": str(self.patient.pk),
            "start": self.start().isoformat(),
        }
        return request("POST", f"/bare/{self.service.professional.slug}/bookings", json.dumps(asked).encode())

    def insert(self, database: psycopg.Connection) -> None:
        key, start = uuid4(), self.start()
        values = {
            "id": key,
            "identity": key.hex,
            "reference": f"B-{key.hex[:12]}",
            "professional": self.service.professional_id,
            "patient": self.patient.pk,
            "service": self.service.pk,
            "start": start,
            "end": start + SLOT,
        }
        database.execute(INSERT, values)


def figures(port: int) -> list[Figure]:
    return _alone(port) + _together(port)


def _alone(port: int) -> list[Figure]:
    connection = Connection(port)
    booked, locked, inserted = Target("alone"), Target("alone-bare"), Target("alone-raw")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        times = in_turns(
            {
                "booked": lambda: connection.send(booked.guest()),
                "locked": lambda: connection.send(locked.bare()),
                "inserted": lambda: inserted.insert(database),
            },
            seconds=10,
        )
    return [
        Figure("(c) a booking, against lock and insert", times["booked"], times["locked"], aim=AIM),
        Figure("(c) a booking, against a raw insert", times["booked"], times["inserted"]),
    ]


def _together(port: int) -> list[Figure]:
    """All at one practice, where they wait for each other; each figure is for one booking."""
    booked, locked, inserted = Target("together"), Target("together-bare"), Target("together-raw")
    connections = [Connection(port) for _n in range(CONNECTIONS)]
    databases = [psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) for _n in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:

        def send(ready_made: Callable[[], bytes]) -> None:
            rounds = [(connection, [ready_made() for _n in range(EACH)]) for connection in connections]
            list(pool.map(lambda one: [one[0].send(sent) for sent in one[1]], rounds))

        def insert_some(database: psycopg.Connection) -> None:
            for _n in range(EACH):
                inserted.insert(database)

        def insert() -> None:
            list(pool.map(insert_some, databases))

        times = in_turns(
            {"booked": lambda: send(booked.guest), "locked": lambda: send(locked.bare), "inserted": insert},
            seconds=15,
        )
    for database in databases:
        database.close()
    booking, lock, raw = (times[name] / CONNECTIONS / EACH for name in ("booked", "locked", "inserted"))
    return [
        Figure(f"(c) the same from {CONNECTIONS} connections, lock and insert", booking, lock),
        Figure(f"(c) the same from {CONNECTIONS} connections, raw insert", booking, raw),
    ]


def _always_open(slug: str) -> Service:
    service = make_practice(slug)
    professional = service.professional
    BookingPolicy.objects.filter(professional=professional).update(horizon_days=365)
    AvailabilityBlock.objects.filter(professional=professional).delete()
    AvailabilityBlock.objects.bulk_create(
        AvailabilityBlock(professional=professional, weekday=weekday, starts=time(0), ends=time(0))
        for weekday in range(1, 8)
    )
    return service


def _every_half_hour() -> Iterator[datetime]:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    while True:
        yield start.astimezone(UTC)
        start += SLOT
