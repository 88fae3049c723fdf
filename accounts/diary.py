"""How many appointments a practice still has to come is known by whoever registered for it: they stand above this
app."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Professional

Count = Callable[[Professional], int]

_registered: list[Count] = []


def register(count: Count) -> None:
    """Called once, when the apps are ready."""
    _registered[:] = [count]


def appointments_to_come(professional: Professional) -> int:
    return sum(count(professional) for count in _registered)
