"""A connection that ends leaves nobody waiting for its news, though Python 3.11 may lose the word of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from channels.layers import get_channel_layer
from channels_redis.core import RedisChannelLayer

from live.tests.talk import PATIENCE, tell


def test_a_cancellation_that_was_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    async def deaf(_layer: RedisChannelLayer, _index: int, _channel: str, timeout: float) -> Any:
        asked.append(timeout)
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    async def story() -> None:
        layer = get_channel_layer()
        waiting = asyncio.create_task(layer.receive(await layer.new_channel()))
        while not asked:
            await asyncio.sleep(0)
        waiting.cancel()
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(asyncio.CancelledError):
                await waiting

    monkeypatch.setattr(RedisChannelLayer, "_brpop_with_clean", deaf)
    tell(story)
    assert asked == [1]
