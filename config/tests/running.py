"""A pytest plugin: the whole application on an address of its own, in this process and on a test's database."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvicorn
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError


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
