"""Rows for tests of the seals, and a hand that changes what nobody may."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import connection

from core import audit
from core.audit import sealing
from core.audit.verifying import Verification


def write_rows(count: int) -> list[int]:
    return [audit.record("thing.done", subjects=[uuid4()], number=number).pk for number in range(count)]


def sealed_rows(*batches: int) -> list[int]:
    """So many rows in each seal."""
    rows: list[int] = []
    for count in batches:
        rows += write_rows(count)
        sealing.seal_due()
    connection.check_constraints()  # what comes is not to be checked any more
    return rows


def tamper(statement: str, params: Any = ()) -> int:
    """As whoever owns the database: without triggers, foreign keys and all. Returns how many rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, params)
        count = cursor.rowcount
        cursor.execute("SET LOCAL session_replication_role = origin")
        return int(count)


def findings(**options: Any) -> list[str]:
    return list(Verification(**options).findings())
