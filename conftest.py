"""Fixtures for every app; those of browsers and of the running application are in `config/tests`."""

from __future__ import annotations

import gc
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import Client, RequestFactory, TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as of_examples

from accounts import sessions
from core import valkey
from live import push

pytest_plugins = ["config.tests.migrated_once", "config.tests.browsers", "config.tests.running"]

_SHORT = 0.2  # seconds that a test waits for a Valkey which says nothing
# Rows of these come from migrations and belong to no test.
_KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission"}

# The same examples in every run, and no test fails because the machine is busy.
of_examples.register_profile(
    "sure", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
of_examples.load_profile("sure")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What asks for a browser is an e2e test. Those with cameras share one process, and with it their browsers;
    whatever takes long begins first, so that nobody waits for one process at the end."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if {"browser", "camera_browser", "shy_browser"} & fixtures:
            item.add_marker("e2e")
        if {"camera_browser", "shy_browser"} & fixtures:
            item.add_marker(pytest.mark.xdist_group("cameras"))
        if group := item.get_closest_marker("xdist_group"):
            _send_along(item, group.args[0])
    items.sort(key=lambda item: not any(item.iter_markers("slow")))


def _send_along(item: pytest.Item, group: str) -> None:
    """The end of its name is how xdist knows a test's group, and since pytest 9.2 xdist 3.8 writes it where nobody
    looks (pytest-xdist#1386): every process would start the browsers with cameras, and make the schema."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        item._id = item.id.parse(f"{item.nodeid}@{group}")


def pytest_collection_finish() -> None:
    """What is loaded now stays to the end: looking through it for garbage again and again would find none. And what a
    page leaves behind is looked for after some fifty pages, not several times in each: a sixth of the processor."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session", autouse=True)
def no_hurry() -> None:
    """A busy machine is no broken one: what people would not wait for is waited for here."""
    valkey.PATIENCE_SECONDS, push.PATIENCE_SECONDS = 10, 10
    options = {"socket_timeout": 10, "socket_connect_timeout": 10}
    django_settings.CACHES["default"]["OPTIONS"] = options
    connection.settings_dict["OPTIONS"]["pool"]["timeout"] = 60


@pytest.fixture(scope="session", autouse=True)
def no_collected_files() -> None:
    """Static files come straight from their sources; what was collected every new client would list anew."""
    django_settings.STATIC_ROOT = None


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Nobody guesses the passwords of tests: a slow hash would be most of their time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def fresh_counters() -> None:
    """No test is refused because others before it asked so often, or found Valkey away."""
    valkey.answered()
    cache.clear()


@pytest.fixture(autouse=True)
def sessions_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Now and then a request notes that its session is in use: never the first page of a test, whose queries may
    be compared with those of the next."""
    login = Client._login

    def login_and_look_around(client: Client, *args: Any, **kwargs: Any) -> None:
        login(client, *args, **kwargs)
        sessions.saw(RequestFactory().get("/"), str(client.session.session_key))

    monkeypatch.setattr(Client, "_login", login_and_look_around)


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """After a test with transactions of its own only what it wrote is deleted. Django's flush rewrites every table."""
    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = _delete_all_rows
    yield
    TransactionTestCase._fixture_teardown = flush


def _delete_all_rows(_case: TransactionTestCase) -> None:
    tables = set(connection.introspection.django_table_names(only_existing=True)) - _KEPT_TABLES
    names = [connection.ops.quote_name(table) for table in sorted(tables)]
    holding = " UNION ALL ".join(
        f"(SELECT {number} FROM {name} LIMIT 1)" for number, name in enumerate(names)
    )
    with transaction.atomic(), connection.cursor() as cursor:
        # Who still writes, in another thread, is waited for. Foreign keys are checked at the commit: no order.
        cursor.execute(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE")
        cursor.execute(holding)
        full = [names[number] for (number,) in cursor.fetchall()]
        # Nobody deletes these: only whoever owns the tables may say otherwise.
        kept = [name for name in full if "_audit" in name]
        for name in kept:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        for name in full:
            cursor.execute(f"DELETE FROM {name}")
        if kept:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in kept:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")


@pytest.fixture
def elsewhere() -> Iterator[Callable[..., Any]]:
    """Calls a function in another thread: there the live pushes find no event loop in their way."""

    def close_after(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        yield lambda function, *args, **kwargs: pool.submit(close_after, function, *args, **kwargs).result(30)


@pytest.fixture
def silent_valkey(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    """A Valkey that takes connections and says nothing, as one that hangs; whoever waited for it in vain."""
    waited: list[BaseException] = []
    failed = valkey.failed
    monkeypatch.setattr(valkey, "failed", lambda error: (waited.append(error), failed(error)))
    monkeypatch.setattr(valkey, "PATIENCE_SECONDS", _SHORT)
    monkeypatch.setattr(valkey, "PAUSE_SECONDS", 60)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        options = {"socket_timeout": _SHORT, "socket_connect_timeout": _SHORT}
        settings.CACHES = {
            "default": {**settings.CACHES["default"], "LOCATION": settings.REDIS_URL, "OPTIONS": options}
        }
        valkey.client.cache_clear()
        yield waited
    valkey.client.cache_clear()
    valkey.answered()
