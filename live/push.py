"""Tells open pages and apps what happened. Only a hint: whoever missed it fetches the truth later."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.serializers.json import DjangoJSONEncoder

from core import valkey

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1


def group_of(person: str) -> str:
    """The channel layer's name for all tabs of a person."""
    return "person." + person.replace(":", ".")


def encode(event: str, payload: dict[str, Any]) -> str:
    """What goes over the wire; dates, ids and decimals become strings."""
    return json.dumps({"event": event, "payload": payload}, cls=DjangoJSONEncoder)


def send(person: str, event: str, payload: dict[str, Any]) -> None:
    """To every tab of a person. A broken layer is logged and forgiven. Never call it inside a transaction."""
    _deliver("group_send", group_of(person), event, _event(event, payload))


def signed_in_group(account: UUID) -> str:
    """The channel layer's name for all that is open by a sign-in of this account, whoever it is there."""
    return f"account.{account}"


def identify_anew(account: UUID) -> None:
    """Has all that is open by a sign-in of this account prove it again, at once: what has ended closes."""
    _deliver("group_send", signed_in_group(account), "identify", {"type": "live.identify"})


def send_to_connection(channel: str, event: str, payload: dict[str, Any]) -> None:
    """To one connection."""
    _deliver("send", channel, event, _event(event, payload))


def _event(event: str, payload: dict[str, Any]) -> dict[str, str]:
    return {"type": "live.event", "text": encode(event, payload)}


def _deliver(how: str, address: str, event: str, message: dict[str, str]) -> None:
    if not valkey.answers():
        return

    async def deliver() -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await getattr(get_channel_layer(), how)(address, message)

    try:
        async_to_sync(_to_its_end)(deliver)
    except Exception as error:  # whatever the layer's client raises: people wait for the answer, not for this
        log.warning("live push failed", extra={"live_event": event, "error": type(error).__name__})
        if isinstance(error, valkey.FAILURES):
            valkey.failed(error)


async def _to_its_end(delivery: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Whoever is told first may leave the page whose request tells the others: Django then cancels that request,
    and what it awaits."""
    task = asyncio.create_task(delivery())
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
