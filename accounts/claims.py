"""What was done as a guest joins the account once its address is verified. What stands above this app and carries
an address too registers for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from accounts.models import User

# Given the account and the blind indexes of its verified addresses; nobody else's rows are touched. Idempotent.
Claim = Callable[[User, Collection[str]], Any]

_registered: list[Claim] = []


def register(claim: Claim) -> None:
    """Called when the apps are ready."""
    if claim not in _registered:
        _registered.append(claim)


def registered() -> tuple[Claim, ...]:
    return tuple(_registered)
