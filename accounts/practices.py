"""A new professional's practice is set up by whoever registered for it: its rules stand above this app."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Professional

SetUp = Callable[[Professional], None]

_registered: list[SetUp] = []


def on_opened(set_up: SetUp) -> None:
    """Called once for each listener, when the apps are ready."""
    if set_up not in _registered:
        _registered.append(set_up)


def opened(professional: Professional) -> None:
    """In the transaction that made the professional: without their rules there is no professional."""
    for set_up in _registered:
        set_up(professional)
