"""What the audit costs: requests that open patients' data with and without it, side by side in one server; and how
fast rows are written, sealed and verified."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from uuid import uuid4

from django.db import connection, transaction
from django.test import Client

from accounts.models import Patient, Professional
from config.bench import processor
from config.bench.figures import Figure, in_turns
from config.bench.practices import make_practice, settle
from config.bench.server import Connection, request
from core import audit
from core.audit import sealing
from core.audit.verifying import Verification
from core.models import AuditEvent, DataKey

AIM = 1.1
PATIENTS = 50
ROWS = 20_000
BACKEND = "accounts.backends.AccountBackend"


def requests(port: int) -> list[Figure]:
    """The same server processes answer both; `/unaudited` is the same application without the middleware."""
    practice = make_practice("audited", bookings=40).professional
    patients = [_patient(practice, number) for number in range(PATIENTS)]
    settle()
    cookie = _signed_in(practice)
    asked = {
        "page of a patient": f"/doctor/patients/{patients[0].pk}/",
        "page of 25 patients": "/doctor/patients/",
        "API: a patient": f"/api/v1/patients/{patients[0].pk}",
        "API: 25 patients": "/api/v1/patients",
    }
    one = Connection(port)
    made = []
    for name, path in asked.items():
        calls = {
            way: partial(one.send, request("GET", way + path, cookie=cookie)) for way in ("", "/unaudited")
        }
        for what, clock in (("", time.perf_counter), (", processor", processor.of_servers())):
            times = in_turns(calls, seconds=15, least=150, clock=clock, least_disturbed=True)
            extra = f"{(times[''] - times['/unaudited']) * 1000:.2f} ms more"
            made.append(Figure(f"(a) {name}{what}", times[""], times["/unaudited"], aim=AIM, note=extra))
    return made


def rates() -> list[Figure]:
    """Against one plain insert of the same row; the rest per row."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNLOGGED TABLE bench_plain (LIKE core_auditevent INCLUDING DEFAULTS)")
    times = in_turns({"ours": _record, "plain": _plain}, seconds=8, least_disturbed=True)
    made = [
        Figure(
            "(b) a row, against a plain insert",
            times["ours"],
            times["plain"],
            note=_per_second(times["ours"]),
        )
    ]
    together = _seconds(lambda: _many(ROWS)) / ROWS
    sealed = _seconds(_seal_all) / ROWS
    read = _seconds(_verify) / AuditEvent.objects.count()
    for name, taken in (("written in one transaction", together), ("sealed", sealed), ("verified", read)):
        made.append(Figure(f"(b) a row {name}", taken, times["plain"], note=_per_second(taken)))
    return made


def _patient(practice: Professional, number: int) -> Patient:
    return Patient.objects.create(
        professional=practice,
        data_key=DataKey.create(),
        name=f"Paciente {number}",
        email=f"p{number}@bench.test",
        phone=f"+57 300 000 {number:04}",
        language="es",
    )


def _signed_in(practice: Professional) -> str:
    client = Client()
    client.force_login(practice.user, backend=BACKEND)
    return f"sessionid={client.session.session_key}"


def _record() -> None:
    with audit.acting(
        audit.Trail("page", route="doctor_patient", address="203.0.113.7", request_id=uuid4().hex)
    ):
        audit.record("bench.row", subjects=[uuid4()], method="GET", status=200)


def _plain() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_plain (id, at, action, role, via, route, address, request_id, object_type, object_id,"
            " subjects, facts, mac) VALUES (1, now(), 'bench.row', 'system', 'page', 'doctor_patient', '203.0.113.7',"
            " %s, '', '', ARRAY[%s], '{}', '')",
            [uuid4().hex, uuid4()],
        )


@transaction.atomic
def _many(count: int) -> None:
    for _n in range(count):
        _record()


def _seal_all() -> None:
    while sealing.seal_due():
        pass


@transaction.atomic
def _verify() -> None:
    found = list(Verification().findings())
    if found:
        raise AssertionError(found[:3])


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _per_second(seconds: float) -> str:
    return f"{1 / seconds:,.0f} rows/s"
