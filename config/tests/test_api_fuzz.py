"""Schemathesis: whatever fits the schema or does not, there is an answer to it, and errors have the one shape."""

from __future__ import annotations

import random
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from requests import Request
from schemathesis import Case, GenerationMode

from accounts.models import User
from accounts.services import create_user
from bookings.access import token_of
from bookings.models import Booking
from bookings.tests.factories import (
    make_booking,
    make_confirmed,
    make_professional,
    make_request,
    make_service,
    make_time_off,
    open_window,
)
from notifications.services import notify

# One process reads the schema, once.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("schema")]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
OURS = {"authorization", "cookie", "content-type", "content-length", "accept-encoding"}
PASSWORD = "correct horse battery"
FEW = settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def patient() -> User:
    return create_user(email="juan@example.org", password=PASSWORD, name="Juan Pérez")


@pytest.fixture
def bookings(patient: User) -> list[Booking]:
    """Running, waiting and unpaid ones of one patient and one professional."""
    doctor = create_user(email="ana@example.org", password=PASSWORD, role="professional", name="Dra. Ana")
    service = make_service(make_professional(always_open=True, user=doctor), price=0)
    him: dict[str, Any] = {"email": patient.email, "name": patient.name, "user": patient}
    running = open_window(make_confirmed(service, **him))
    paid = make_service(service.professional, price=25000)
    return [running, make_booking(service, **him), make_booking(paid, **him)]


@cache
def operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    return [found.ok() for found in schema.get_all_operations()]


def known_values(bookings: list[Booking], patient: User) -> dict[str, list[str]]:
    """Values with which an operation gets beyond "not found"."""
    notification = notify(user=patient, kind="booking_confirmed", dedupe_key="x", payload={"booking_id": ""})
    assert notification is not None
    return {
        "booking_id": [str(booking.pk) for booking in bookings],
        "request_id": [str(make_request(bookings[0].service).pk)],
        "patient_id": [str(booking.patient_id) for booking in bookings],
        "other": [str(booking.patient_id) for booking in bookings],
        "token": [token_of(booking) for booking in bookings],
        "slug": [bookings[0].professional.slug],
        "professional": [bookings[0].professional.slug],
        "service": [bookings[0].service.slug],
        "notification_id": [str(notification.pk)],
        "block_id": [str(block.pk) for block in bookings[0].professional.blocks.all()],
        "time_off_id": [str(make_time_off(bookings[0].professional).pk)],
    }


def make_likely(case: Case, known: dict[str, list[str]], chance: random.Random) -> None:
    """Most values of a kind we know become real ones; the others stay as odd as they are."""
    for part in (case.path_parameters, case.query, case.body):
        if not isinstance(part, dict):
            continue
        likely = [name for name in part if name in known and chance.random() < 0.8]
        part.update({name: chance.choice(known[name]) for name in likely})


def ask(client: Client, case: Case) -> Any:
    """The case through Django's own client, in this test's transaction; what it did is undone."""
    asked = Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    body = asked.body.encode() if isinstance(asked.body, str) else asked.body or b""
    headers = {name: value for name, value in asked.headers.items() if name.lower() not in OURS}
    kind = asked.headers.get("Content-Type", "application/json")
    with transaction.atomic():
        response = client.generic(case.method, asked.path_url, body, content_type=kind, headers=headers)
        transaction.set_rollback(True)
    return response


def check(client: Client, case: Case) -> None:
    response = ask(client, case)
    about = f"{case.method} {case.formatted_path} {case.query} {case.body!r}: {response.status_code}"
    assert response.status_code < 500, about
    if response.status_code >= 400:
        body = response.json()
        assert {"type", "errors"} <= body.keys(), about
        assert all(error.keys() == {"code", "detail", "attr"} for error in body["errors"]), about


def signed_in(email: str) -> Client:
    body = {"email": email, "password": PASSWORD}
    answer = Client().post("/api/v1/auth/login", body, content_type="application/json")
    return Client(
        raise_request_exception=False, headers={"authorization": f"Bearer {answer.json()['access']}"}
    )


@pytest.mark.parametrize("mode", MODES, ids=[mode.value for mode in MODES])
def test_nothing_breaks_the_api(mode, patient, bookings, settings):
    """To think of a case takes longer than to ask it: both sides are asked the same."""
    settings.PUBLIC_WRITE_RATE = "100000/s"
    clients = [signed_in(user.email) for user in (patient, bookings[0].professional.user)]
    known, chance = known_values(bookings, patient), random.Random(1)
    for operation in operations():

        @FEW
        @given(case=operation.as_strategy(generation_mode=mode))
        def run(case: Case) -> None:
            make_likely(case, known, chance)
            for client in clients:
                check(client, case)

        with suppress(Unsatisfiable):  # where nothing is asked for, nothing can be wrong
            run()
