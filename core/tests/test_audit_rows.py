"""Rows of the audit stay as they were written."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from core import audit
from core.audit.codes import mac_of
from core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return audit.record("thing.done", number=7)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_auditevent SET action = 'other'",
        "DELETE FROM core_auditevent",
        "TRUNCATE core_auditevent",
    ],
)
def test_the_database_lets_nobody_change_or_delete_them(event, statement):
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # no table with checks to come can be truncated at all
        cursor.execute(statement)
    assert AuditEvent.objects.get() == event


def test_the_code_covers_all_that_a_row_says(event):
    event.refresh_from_db()
    assert bytes(event.mac) == mac_of(event)
    event.facts = {"number": 8}
    assert bytes(event.mac) != mac_of(event)


def test_without_anybody_acting_it_was_the_system(event):
    assert (event.actor_id, event.role, event.via) == (None, "system", "")
