"""Fixtures for every app. Tests that drive a browser are marked `e2e`."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.test import Client, RequestFactory, TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as of_examples
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect
from playwright.sync_api import Error as PlaywrightError

from accounts import sessions
from core import valkey
from live import push

pytest_plugins = ["config.tests.migrated_once"]

# Playwright's synchronous interface keeps an event loop in this thread, which Django would refuse to meet.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PHONE, DESKTOP = (390, 844), (1280, 800)
_QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
# Five pictures a second: encoding more of them in software would keep the machine from everything else.
_CAMERA = ["--use-fake-device-for-media-stream=fps=5", "--use-fake-ui-for-media-stream"]
_SHORT = 0.2  # seconds that a test waits for a Valkey which says nothing
_ROOT = ["--no-sandbox"] if os.geteuid() == 0 else []
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OF_COLOURS = ["color-contrast", "link-in-text-block"]  # all that another colour scheme may change
# Rows of these come from migrations and belong to no test.
_KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission"}

# The same examples in every run, and no test fails because the machine is busy.
of_examples.register_profile(
    "sure", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
of_examples.load_profile("sure")
expect.set_options(timeout=15_000)  # a bound for what fails on a busy machine; nobody waits for it


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
    """What is loaded now stays to the end: looking through it for garbage again and again would find none."""
    gc.collect()
    gc.freeze()


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


def _installed(variable: str, *names: str) -> str | None:
    """What the environment says, else an installed one; None: what Playwright has fetched."""
    found = [os.environ.get(variable), *map(shutil.which, names)]
    return next((path for path in found if path and os.path.exists(path)), None)


@pytest.fixture(scope="session")
def whole_chromium(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How a browser is started that has cameras and microphones."""
    path = _installed("CHROMIUM", "chromium", "chromium-browser", "google-chrome")
    return {**browser_type_launch_args, "executable_path": path}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Of the common `browser`: Chromium's shell shows pages just so, at half the work."""
    path = _installed(
        "CHROMIUM_SHELL", "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
    )
    args = [*_QUIET, *_ROOT, "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "args": args, "executable_path": path}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A visitor in Madrid who reads Spanish. `localhost`, where a page may use the camera without https."""
    return {
        **browser_context_args,
        "locale": "es-ES",
        "timezone_id": "Europe/Madrid",
        "reduced_motion": "reduce",
        "viewport": {"width": DESKTOP[0], "height": DESKTOP[1]},
    }


@pytest.fixture(scope="session")
def camera_browser(playwright: Playwright, whole_chromium: dict[str, Any]) -> Iterator[Browser]:
    """A second browser, with a fake camera and microphone that every page may use."""
    args = [*whole_chromium["args"], *_CAMERA]
    browser = playwright.chromium.launch(**{**whole_chromium, "args": args})
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def shy_browser(playwright: Playwright, whole_chromium: dict[str, Any]) -> Iterator[Browser]:
    """Has a fake camera and microphone, and lets no page use them."""
    args = [*whole_chromium["args"], _CAMERA[0]]
    browser = playwright.chromium.launch(**{**whole_chromium, "args": args})
    yield browser
    browser.close()


@pytest.fixture
def problems() -> Iterator[list[str]]:
    """Console errors, page errors and CSP violations of all watched pages: the test fails when there are any."""
    found: list[str] = []
    yield found
    assert not found, found


@pytest.fixture
def watch(problems: list[str]) -> Callable[[Page], Page]:
    """Has a page's problems fail the test."""

    def watched(page: Page) -> Page:
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    return watched


@pytest.fixture
def page(page: Page, watch: Callable[[Page], Page]) -> Page:
    return watch(page)


@pytest.fixture
def person(
    watch: Callable[[Page], Page], browser_context_args: dict[str, Any]
) -> Iterator[Callable[..., Page]]:
    """A person with a browser profile of their own: `person(camera_browser)` gives their page."""
    contexts: list[BrowserContext] = []

    def come(browser: Browser, **options: Any) -> Page:
        contexts.append(browser.new_context(**{**browser_context_args, **options}))
        return watch(contexts[-1].new_page())

    yield come
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe_source() -> str:
    spec = importlib.util.find_spec("axe_playwright_python")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text()


@pytest.fixture
def a11y(axe_source: str) -> Callable[..., None]:
    """Fails on anything axe finds on the page as it is now; `rules`: only by these. Evaluated from outside, so
    strict CSP allows it."""

    def check(page: Page, *, rules: list[str] | None = None) -> None:
        if not page.evaluate("'axe' in window"):
            page.evaluate(axe_source)
        wanted = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": _WCAG}
        options = {"runOnly": wanted, "resultTypes": ["violations"]}
        found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
        assert not found, "\n".join(
            f"{rule['id']}: {rule['help']}: {rule['nodes'][0]['html'][:200]}" for rule in found
        )

    return check


@pytest.fixture
def at_both_sizes() -> Callable[[Page, Callable[[str], None]], None]:
    """Calls back at 390 and 1280 px, with the size's name; fails where a page is wider than its window."""

    def run(page: Page, look: Callable[[str], None]) -> None:
        for name, (width, height) in {"390": PHONE, "1280": DESKTOP}.items():
            page.set_viewport_size({"width": width, "height": height})
            look(name)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), (
                f"too wide at {name}"
            )

    return run


@pytest.fixture
def for_everybody(
    a11y: Callable[..., None], at_both_sizes: Callable[[Page, Callable[[str], None]], None]
) -> Callable[[Page], None]:
    """Fails on whatever shuts somebody out of the page as it is now: at 390 and 1280 px, light and dark."""

    def check(page: Page) -> None:
        def in_both_schemes(_size: str) -> None:
            page.emulate_media(color_scheme="dark")
            a11y(page, rules=_OF_COLOURS)
            page.emulate_media(color_scheme="light")
            a11y(page)

        at_both_sizes(page, in_both_schemes)

    return check


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


@pytest.fixture(scope="session")
def _server(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, uvicorn.Server]]:
    with django_db_blocker.unblock():  # it looks whether the keys are those of the data
        from config.asgi import application

    async def with_static(scope: Any, receive: Any, send: Any) -> None:
        await (http if scope["type"] == "http" else application)(scope, receive, send)

    http = ASGIStaticFilesHandler(application.application_mapping["http"])
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(with_static, log_config=None, lifespan="off", ws="websockets-sansio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    with django_db_blocker.unblock():
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://localhost:{listener.getsockname()[1]}", server
        server.should_exit = server.force_exit = True  # without waiting for what browsers left open
        thread.join(5)


@pytest.fixture
def ws_server(
    _server: tuple[str, uvicorn.Server], transactional_db: None, settings: Any, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Address of the whole application, WebSocket and static files included, on this test's database."""
    address, server = _server
    settings.PUBLIC_URL = address
    yield address
    for name in {"browser", "camera_browser", "shy_browser"} & set(request.fixturenames):
        _leave_all_pages(request.getfixturevalue(name))
    # Let it finish what the pages left behind before the tables are emptied.
    patience = time.monotonic() + 5
    while _is_busy(server) and time.monotonic() < patience:
        time.sleep(0.02)


def _leave_all_pages(browser: Browser) -> None:
    for context in browser.contexts:
        for page in context.pages:
            with suppress(PlaywrightError):
                page.goto("about:blank")


def _is_busy(server: uvicorn.Server) -> bool:
    """Browsers keep connections that ask nothing open for a while: these do not count."""
    state = server.server_state
    http = (getattr(connection, "cycle", connection) for connection in state.connections)
    return bool(state.tasks) or any(cycle is not None and not _is_answered(cycle) for cycle in http)


def _is_answered(cycle: Any) -> bool:
    return bool(getattr(cycle, "response_complete", False))


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
