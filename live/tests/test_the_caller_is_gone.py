"""Whoever is told first often leaves the page whose request tells the others: these are told all the same."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer, channel_layers

from live import push
from live.tests.talk import tell


class SlowLayer(InMemoryChannelLayer):
    """Begins to send, and goes on when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        self.began.set()
        await self.may_go_on.wait()
        await super().group_send(group, message)


@pytest.fixture(autouse=True)
def _own_layer():
    yield
    channel_layers.backends.clear()


def test_a_request_that_is_broken_off_still_tells_everybody():
    def tell_both() -> None:
        push.send("user:1", "ended", {})
        push.send("user:2", "ended", {})

    async def story() -> None:
        layer = channel_layers.backends["default"] = SlowLayer()
        for person in ("user:1", "user:2"):
            await layer.group_add(push.group_of(person), person.replace(":", "."))
        request = asyncio.create_task(sync_to_async(tell_both)())
        await layer.began.wait()
        request.cancel()
        for _turn in range(3):  # until the cancelling reaches what the request awaits
            await asyncio.sleep(0)
        layer.may_go_on.set()
        with suppress(asyncio.CancelledError):
            await request
        async with asyncio.timeout(15):
            for channel in ("user.1", "user.2"):
                assert "ended" in (await layer.receive(channel))["text"]

    tell(story)
