from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from channels.security.websocket import WebsocketDenier

from live.identity import credential, from_our_pages, identify


class Authenticated:
    """Puts `scope["identity"]`; leads nobody to `nobody`, and refuses cookies that come from foreign pages."""

    def __init__(self, app: Any, *, nobody: Any) -> None:
        self.app, self.nobody = app, nobody

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if not credential(scope) and not from_our_pages(scope):
            return await WebsocketDenier.as_asgi()(scope, receive, send)
        identity = await database_sync_to_async(identify, thread_sensitive=False)(scope)
        if identity is None:
            return await self.nobody(scope, receive, send)
        return await self.app({**scope, "identity": identity}, receive, send)
