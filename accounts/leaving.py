"""What has to be settled when somebody leaves. Appointments and the like stand above this app: whoever has them
registers a part, and `services.leaving` plays it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User


def _nothing(user: User) -> list[str]:
    return []


def _always(user: User) -> None:
    return None


@dataclass(frozen=True)
class Part:
    """`settle(user, staff_id, until)` does what is due, as the person or as that member of staff, and stops at the
    monotonic time `until`; it says whether nothing is left. Killed anywhere, or called again, it goes on where it was.

    `foretell(user)` says beforehand, in sentences, what that will be. `require(user)` raises Refused where a person
    cannot leave now.
    """

    settle: Callable[[User, UUID | None, float], bool]
    foretell: Callable[[User], list[str]] = _nothing
    require: Callable[[User], None] = _always


_registered: list[Part] = []


def register(part: Part) -> None:
    """Called when the apps are ready."""
    if part not in _registered:
        _registered.append(part)


def parts() -> tuple[Part, ...]:
    return tuple(_registered)
