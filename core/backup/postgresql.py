"""PostgreSQL's own programs, told where the database is by environment: nothing secret stands on a command line."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

# What libpq calls it, and in which variable it looks for that.
_NAMES = {"dbname": "PGDATABASE"} | {
    name: f"PG{name.upper()}"
    for name in ("host", "port", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey")
}
_PATIENCE = 3.0


class BackupFailed(Exception):
    """In words for whoever runs the command."""


def program(name: str) -> str:
    """Its path: in `PG_BIN`, or where programs are. Raises BackupFailed."""
    found = shutil.which(name, path=settings.PG_BIN or None)
    if found is None:
        raise BackupFailed(
            f"{name} is not here. Install PostgreSQL's client programs, of the server's version or newer, or say in "
            "PG_BIN in which folder they are."
        )
    return found


def environment() -> dict[str, str]:
    return {
        **os.environ,
        **{_NAMES[name]: str(value) for name, value in _where().items()},
        "PGOPTIONS": "-c lock_timeout=10s -c client_min_messages=warning",
        "PGAPPNAME": "vicita backup",
    }


def _where() -> dict[str, Any]:
    parameters = connection.get_connection_params()
    return {name: parameters[name] for name in _NAMES if parameters.get(name)}


def let_go() -> None:
    """This process's own connections are none any more."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's


def require_stopped() -> None:
    """Raises BackupFailed while some process of the product is connected."""
    let_go()
    until = time.monotonic() + _PATIENCE
    with psycopg.connect(**_where(), application_name="vicita backup", autocommit=True) as asking:
        while True:
            row = asking.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND application_name LIKE 'vicita key %'"
            ).fetchone()
            if row is None or row[0] == 0:
                return
            if time.monotonic() > until:
                raise BackupFailed(
                    f"Vicita is still running ({row[0]} connections). Stop every process of it first."
                )
            time.sleep(0.1)  # of those that were just closed


def make_folder(folder: Path) -> None:
    """For its owner alone, where it is new."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
