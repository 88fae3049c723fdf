"""Commands that ask who else is connected."""

from __future__ import annotations

import psycopg
from django.db import connection

from core.backup.postgresql import let_go

_WHERE = ("host", "port", "user", "password", "dbname")


def end_other_connections() -> None:
    """What threads of earlier tests left open belongs to nobody any more; ours are opened anew when they are needed."""
    let_go()
    known = connection.get_connection_params()
    where = {name: known[name] for name in _WHERE if known.get(name)}
    with psycopg.connect(**where, application_name="tests", autocommit=True) as asking:
        asking.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name LIKE 'vicita key %'"
        )
