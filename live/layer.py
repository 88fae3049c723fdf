"""The channel layer on Valkey, whose waiting ends when nobody waits any more."""

from __future__ import annotations

import asyncio
from typing import Any

from channels_redis.core import RedisChannelLayer


class ChannelLayer(RedisChannelLayer):
    """redis-py writes through `asyncio.wait_for`, which in Python 3.11 may lose a cancellation (cpython#86296, gone in
    3.12): a connection that ended at such a moment stayed until the next message for anybody."""

    brpop_timeout = 1  # seconds after which what was lost is found

    async def _brpop_with_clean(self, index: int, channel: str, timeout: int) -> Any:
        found = await super()._brpop_with_clean(index, channel, timeout)
        task = asyncio.current_task()
        if task and task.cancelling():
            raise asyncio.CancelledError  # what was found waits in the backup queue for whoever comes next
        return found
