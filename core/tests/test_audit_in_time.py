"""Verifying takes as long as there are rows, whatever the database believes of them."""

from __future__ import annotations

import pytest
from django.db import connection

from core.audit import sealing
from core.tests.audit_story import findings

pytestmark = pytest.mark.django_db


def test_rows_are_never_compared_each_with_all_others():
    """Statistics from before the first seal say that no row has one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditevent (at, action, role, via, route, address, request_id, object_type, object_id,"
            " subjects, facts, mac)"
            " SELECT now(), 'then', '', '', '', '', '', '', '', '{}', '{}', decode(md5(n::text), 'hex')"
            " FROM generate_series(1, 4000) AS n"
        )
        cursor.execute("ANALYZE core_auditevent; ANALYZE core_auditseal")
    sealing.seal_due()
    plans = []

    def explain(execute, sql, params, many, context):
        if "unnest" in sql:
            with connection.cursor() as cursor:
                cursor.cursor.execute("EXPLAIN " + sql, params)
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        findings()
    (plan,) = plans
    assert "Anti Join" in plan and "Nested Loop" not in plan


def test_the_connection_is_left_as_it_was():
    findings()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('enable_nestloop'), current_setting('statement_timeout')")
        nested, timeout = cursor.fetchone()
    assert nested == "on" and timeout != "0"
