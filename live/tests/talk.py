"""WebSocket conversations for tests: a short asynchronous story inside an ordinary test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import channel_layers

from live.routing import websocket

PATIENCE = 15  # seconds: a bound for what fails on a busy machine; nobody waits for it


class Talker(ApplicationCommunicator):
    """A client of `/ws/`."""

    async def connect(self) -> bool:
        """Shakes hands; False when the server does not want to. `subprotocol` is the one it chose."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(timeout=PATIENCE)
        self.subprotocol = answer.get("subprotocol")
        return bool(answer["type"] == "websocket.accept")

    async def say(self, event: str, payload: dict[str, Any] | None = None) -> None:
        await self.send(text=json.dumps({"event": event, "payload": payload or {}}))

    async def send(self, *, text: str | None = None, data: bytes | None = None) -> None:
        await self.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def hear(self, event: str, timeout: float = PATIENCE) -> dict[str, Any]:
        """The payload of the next such event; others that come before it are let pass."""
        async with asyncio.timeout(timeout):
            while True:
                message = json.loads((await self.receive_output(timeout=timeout))["text"])
                if message["event"] == event:
                    return dict(message["payload"])

    async def closing(self) -> int:
        """The code with which the server closes, whatever it says before."""
        while (message := await self.receive_output(timeout=PATIENCE))["type"] != "websocket.close":
            pass
        await self.disconnect()
        return int(message["code"])

    async def disconnect(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(timeout=5)


def talker(
    *, token: str = "", session: str = "", origin: str = "http://localhost", path: str = "/ws/"
) -> Talker:
    headers = [(b"host", b"localhost")]
    if origin:
        headers.append((b"origin", origin.encode()))
    if session:
        headers.append((b"cookie", f"sessionid={session}".encode()))
    subprotocols = ["vicita", token] if token else []
    scope = {"type": "websocket", "path": path, "headers": headers, "subprotocols": subprotocols}
    return Talker(websocket, scope)


def tell(story: Callable[[], Awaitable[None]]) -> None:
    """Runs a story, on an event loop of its own and with a channel layer that knows no other loop."""
    channel_layers.backends.clear()
    # In a thread of its own: a browser test before us may have left its event loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, story()).result()  # type: ignore[arg-type]


async def outside(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A synchronous call (the database) from inside a story."""
    return await sync_to_async(function, thread_sensitive=False)(*args, **kwargs)
