"""Who does something: kept with every event, so that histories can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ActorKind = Literal["patient", "professional", "staff", "system"]


@dataclass(frozen=True)
class Actor:
    """A person in a role, with or without an account, or the system itself."""

    kind: ActorKind
    user_id: UUID | None = None


SYSTEM = Actor("system")
