"""A socket that breaks off while something is on its way to it: nobody fails, and the farewell is still said."""

from __future__ import annotations

import asyncio

import pytest

from live import push, registry, tickets
from live.routing import websocket
from live.tests.talk import PATIENCE, Talker, outside, talker, tell

pytestmark = pytest.mark.django_db(transaction=True)


class Line:
    """Between server and client. Once it is cut, whatever the server sends raises, as ASGI wants it."""

    def __init__(self) -> None:
        self.is_cut, self.tried = False, asyncio.Event()

    async def __call__(self, scope, receive, send):
        async def send_through(message):
            if self.is_cut:
                self.tried.set()
                raise ConnectionResetError
            await send(message)

        await websocket(scope, receive, send_through)


@pytest.fixture
def farewells(monkeypatch):
    said: list[str] = []
    monkeypatch.setattr(registry, "_farewells", [lambda connection: said.append(connection.person)])
    return said


def test_a_push_to_somebody_who_has_gone_ends_nothing_but_itself(farewells):
    ticket = tickets.issue("participant:7", 60)

    async def story():
        line = Line()
        client = Talker(line, talker(token=ticket).scope)
        assert await client.connect()
        await client.hear("hello")
        line.is_cut = True
        await outside(push.send, "participant:7", "news", {})
        async with asyncio.timeout(PATIENCE):
            await line.tried.wait()
        await client.disconnect()

    tell(story)
    assert farewells == ["participant:7"]
