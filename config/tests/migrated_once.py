"""A pytest plugin: the migrations run once, however many processes there are. Whoever needs a database first makes
the template that every process copies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql

_LOCK = 20_000_001  # nobody else on a server of tests asks for it


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:  # one process alone has nobody to share with
        yield
        return
    template = f"migrated_{run}"
    with django_db_blocker.unblock():
        _migrate(template)
    connection.settings_dict["TEST"]["TEMPLATE"] = template
    yield
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(template)))


def _migrate(template: str) -> None:
    """Makes the template unless another process has; whoever comes meanwhile waits."""
    own_name = connection.settings_dict["NAME"]
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET lock_timeout = 0; SET statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])  # until the connection ends
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        if cursor.fetchone():
            return
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(template)))
        _leave()
        connection.settings_dict["NAME"] = template
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            _leave()
            connection.settings_dict["NAME"] = own_name


def _leave() -> None:
    """A database that somebody is connected to can be no template."""
    connection.close()
    connection.close_pool()
