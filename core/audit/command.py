"""Commands that a person runs on the server leave a row as well."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.audit.events import write_trail
from core.audit.trail import OPERATOR, Trail, acting


@contextmanager
def operated(name: str) -> Iterator[None]:
    """A trail of whoever runs a command; a row when it opened or wrote somebody's data, also where it failed."""
    trail = Trail(via="command", route=name, who=lambda: OPERATOR)
    try:
        with acting(trail):
            yield
    finally:
        if concerned := trail.opened | trail.sealed:
            write_trail(trail, "write" if trail.sealed else "read", subjects=concerned)
