"""Who acts now, and whose data was opened or written on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID


class Who(NamedTuple):
    """An account in a role; without an account `guest` (somebody on a public page or with a private link),
    `operator` (who runs a command on the server) or `system`."""

    id: UUID | None
    role: str


SYSTEM = Who(None, "system")
NOBODY_KNOWN = Who(None, "guest")
OPERATOR = Who(None, "operator")


@dataclass
class Trail:
    """What one request, live message or command has done so far. `who` is asked when a row is written: somebody may
    sign in on the way."""

    via: str  # page, api, admin, live, command
    who: Callable[[], Who] = lambda: SYSTEM
    route: str = ""
    method: str = ""
    address: str = ""
    request_id: str = ""
    # The data keys of those whose data was opened, and written.
    opened: set[UUID] = field(default_factory=set)
    sealed: set[UUID] = field(default_factory=set)
    # It only looks, though its method says that it writes: names that are searched for have no place in an address.
    is_look: bool = False
    refusal: str = ""
    # What was tried and refused (`core.audit.attempted`), to be written down at the end.
    attempts: list[Callable[[], object]] = field(default_factory=list)
    # While values are opened that nobody sees.
    is_blind: bool = False


_current: ContextVar[Trail | None] = ContextVar("audit_trail", default=None)


def current() -> Trail | None:
    """The trail of whoever acts; None in a worker, which acts for nobody."""
    return _current.get()


@contextmanager
def acting(trail: Trail) -> Iterator[Trail]:
    """All that is opened and written inside belongs to this trail. The caller writes it down (`write_trail`)."""
    token = _current.set(trail)
    try:
        yield trail
    finally:
        try:
            while trail.attempts:
                trail.attempts.pop(0)()
        finally:
            _current.reset(token)


@contextmanager
def acting_for_nobody() -> Iterator[None]:
    """What a worker would do just as well belongs to no person, though a person's request does it."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def unseen() -> Iterator[None]:
    """Sealed values are opened here to be searched or compared: nobody sees them, so nothing is noted. Whatever is
    read of them afterwards, to be shown, is."""
    trail = _current.get()
    if trail is None or trail.is_blind:
        yield
        return
    trail.is_blind = True
    try:
        yield
    finally:
        trail.is_blind = False


def saw(*rows: Any) -> None:
    """Something about whoever these rows (with a `data_key`) are about was shown: for what was copied out of them
    unseen, or is not sealed."""
    for row in rows:
        if row.data_key_id is not None:
            opened(row.data_key_id)


def looks() -> None:
    """Whoever acts only looks, whatever the method of the request is."""
    trail = _current.get()
    if trail is not None:
        trail.is_look = True


def opened(key_id: UUID) -> None:
    """A value under this data key was read."""
    trail = _current.get()
    if trail is not None and not trail.is_blind:
        trail.opened.add(key_id)


def sealed(key_id: UUID) -> None:
    """A value was written under this data key."""
    trail = _current.get()
    if trail is not None:
        trail.sealed.add(key_id)


def refused(code: str) -> None:
    """A rule said no to whoever acts."""
    trail = _current.get()
    if trail is not None:
        trail.refusal = code
