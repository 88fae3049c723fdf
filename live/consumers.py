"""The WebSocket `/ws/`: parses, finds the handler, answers. It knows who is connected and no more."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from core.errors import as_domain_error
from live import push, registry
from live.audited import noted
from live.identity import SUBPROTOCOL, Identity, identify
from live.limits import MAX_MESSAGE_CHARS, Pace

log = logging.getLogger(__name__)

UNAUTHENTICATED = 4401
TOO_FAST = 4429
TOO_LARGE = 1009
TRY_LATER = 1013
RECHECK_SECONDS = 60
MAX_IGNORED = 200


class BadMessage(Exception):
    """What came is no `{"event": <text>, "payload": {...}}`."""


class Nobody(AsyncWebsocketConsumer):
    """Accepts only to say why it closes (a browser is not told otherwise), and asks nothing of the layer."""

    channel_layer_alias = ""

    async def connect(self) -> None:
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        await self.close(UNAUTHENTICATED)


class LiveConsumer(AsyncWebsocketConsumer):
    """One connection. In and out: `{"event": "...", "payload": {...}}`."""

    identity: Identity
    connection: registry.Connection | None = None
    watch: asyncio.Task[None] | None = None
    is_closed = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Whoever is connected when the channel layer goes away is asked to come back later. What is sent to
        somebody who has gone in the meantime is lost, and no failure: `disconnect` comes next, and says farewell."""

        async def send_unless_gone(message: Any) -> None:
            with suppress(OSError):  # what ASGI says that servers raise
                await send(message)

        try:
            await super().__call__(scope, receive, send_unless_gone)
        except RedisError as error:
            log.warning("live layer lost", extra={"error": type(error).__name__})
            if self.watch:
                self.watch.cancel()
            await self.close(TRY_LATER)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Once; a socket that is gone already needs no more."""
        if not self.is_closed:
            self.is_closed = True
            await super().close(code, reason)

    async def connect(self) -> None:
        await self.accept(SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        self.identity = self.scope["identity"]
        self.pace, self.ignored = Pace(), 0
        if not await self._join_groups():
            return await self.close(TRY_LATER)
        self.connection = registry.Connection(self.identity.person, self.channel_name)
        self.watch = asyncio.create_task(self._close_when_over())
        return await self.send(text_data=push.encode("hello", {}))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.connection is None:
            return None
        if not self.pace.allows():
            return await self._ignore()
        if text_data is None or len(text_data) > MAX_MESSAGE_CHARS:
            await self._error("too_large", _("The message is too large."))
            return await self.close(TOO_LARGE)
        try:
            event, payload = _parse(text_data)
        except BadMessage:
            return await self._error("bad_message", _("The message is not understood."))
        if event == "ping":
            return await self._pong()
        return await self._handle(event, payload)

    async def live_event(self, message: dict[str, Any]) -> None:
        """From the channel layer: something for this person, ready to go out."""
        await self.send(text_data=message["text"])

    async def live_identify(self, message: dict[str, Any]) -> None:
        """From the channel layer: sessions of this person ended, maybe the one that this connection came with."""
        try:
            is_known = await _in_thread(identify, self.scope) is not None
        except Exception as error:  # the database is away for a moment: the watch asks again
            log.warning("live identity not checked", extra={"error": type(error).__name__})
        else:
            if not is_known:
                await self.close(UNAUTHENTICATED)

    async def disconnect(self, code: int) -> None:
        self.is_closed = True
        if self.watch:
            self.watch.cancel()
        if self.connection is None:
            return
        try:
            for group in self._groups():
                await self.channel_layer.group_discard(group, self.channel_name)
        except Exception as error:  # the layer is away; its groups forget by themselves
            log.warning("live group not left", extra={"error": type(error).__name__})
        await _in_thread(registry.say_farewell, self.connection)

    async def _handle(self, event: str, payload: dict[str, Any]) -> None:
        assert self.connection is not None  # noqa: S101  (receive() saw to it)
        handler = registry.handler_of(event)
        if handler is None:
            return await self._error("unknown_event", _("This event is not known."), event)
        try:
            await _in_thread(self._call, handler, event, payload)
        except Exception as exception:
            await self._say_no(exception, event)
        replies, self.connection.replies = self.connection.replies, []
        for name, answer in replies:
            await self.send(text_data=push.encode(name, answer))
        return None

    async def _say_no(self, exception: Exception, event: str) -> None:
        """As HTTP answers: what a rule said, that the database is away, or a mistake of ours."""
        assert self.connection is not None  # noqa: S101  (receive() saw to it)
        error = as_domain_error(exception)
        if error is None or error.status >= 500:
            log.error("live handler failed", exc_info=exception, extra={"live_event": event})
            self.connection.replies = []  # what the audit does not know of is not told
        if error is None:
            return await self._error("error", _("Something went wrong. Please try again."), event)
        return await self._error(error.code, str(error), event)

    def _call(self, handler: registry.Handler, event: str, payload: dict[str, Any]) -> None:
        assert self.connection is not None  # noqa: S101  (receive() saw to it)
        with noted(self.scope, self.identity.who, event):
            handler(self.connection, payload)

    async def _pong(self) -> None:
        """Also joins the groups again: the layer forgets them after a day, or when it lost its memory."""
        if await self._join_groups():
            await self.send(text_data=push.encode("pong", {"now": int(time.time() * 1000)}))
        else:
            await self.close(TRY_LATER)

    def _groups(self) -> list[str]:
        person, account = self.identity.person, self.identity.account
        return [push.group_of(person), *([push.signed_in_group(account)] if account else [])]

    async def _join_groups(self) -> bool:
        try:
            async with asyncio.timeout(push.PATIENCE_SECONDS):
                for group in self._groups():
                    await self.channel_layer.group_add(group, self.channel_name)
        except Exception as error:  # no layer, no pushes: the client comes back later
            log.warning("live group not joined", extra={"error": type(error).__name__})
            return False
        return True

    async def _ignore(self) -> None:
        self.ignored += 1
        if self.ignored == 1:
            await self._error("too_fast", _("Too many messages. Please slow down."))
        if self.ignored > MAX_IGNORED:
            await self.close(TOO_FAST)

    async def _error(self, code: str, detail: str, event: str = "") -> None:
        await self.send(text_data=push.encode("error", {"code": code, "detail": detail, "event": event}))

    async def _close_when_over(self) -> None:
        """Ends the connection with its token, ticket or session. Ended sessions are told of at once
        (`live_identify`); this finds within a minute what was not."""
        identity: Identity | None = self.identity
        while identity:
            await asyncio.sleep(max(0, min(RECHECK_SECONDS, identity.expires_at - time.time())))
            try:
                identity = await _in_thread(identify, self.scope)
            except Exception as error:  # the database is away for a moment: ask again
                log.warning("live identity not checked", extra={"error": type(error).__name__})
                await asyncio.sleep(1)
        await self.close(UNAUTHENTICATED)


def _parse(text: str) -> tuple[str, dict[str, Any]]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage from None
    if not isinstance(message, dict):
        raise BadMessage
    event, payload = message.get("event"), message.get("payload", {})
    if not isinstance(event, str) or not isinstance(payload, dict):
        raise BadMessage
    return event, payload


async def _in_thread(function: Any, *args: Any) -> Any:
    """A thread of the pool for each call: one slow handler does not hold up all connections."""
    return await database_sync_to_async(function, thread_sensitive=False)(*args)
