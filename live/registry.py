"""What the WebSocket understands: upper apps register functions for events, from their `apps.py`.

Handlers are synchronous and run in a thread of their own; one connection's events are handled in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]


@dataclass
class Connection:
    """One open tab or app. `person` was proved at the handshake: the only answer to "who sent this?"."""

    person: str
    channel: str
    replies: list[tuple[str, Payload]] = field(default_factory=list)

    def reply(self, event: str, payload: Payload) -> None:
        """Answers this connection alone, when the handler is done."""
        self.replies.append((event, payload))


Handler = Callable[[Connection, Payload], None]
Farewell = Callable[[Connection], None]

_handlers: dict[str, Handler] = {}
_farewells: list[Farewell] = []


def handles(event: str) -> Callable[[Handler], Handler]:
    """Registers the function for an event. It may raise `DomainError`, which the sender hears as `error`."""

    def register(function: Handler) -> Handler:
        if _handlers.setdefault(event, function) is not function:
            raise RuntimeError(f"The live event {event} has a handler already.")
        return function

    return register


def on_disconnect(function: Farewell) -> Farewell:
    """Registers a function to be called when a connection is gone."""
    if function not in _farewells:
        _farewells.append(function)
    return function


def handler_of(event: str) -> Handler | None:
    return _handlers.get(event)


def say_farewell(connection: Connection) -> None:
    for function in _farewells:
        function(connection)
