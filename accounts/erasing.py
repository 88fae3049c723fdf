"""What else is known of a patient, above this app: appointments, letters. Whoever has some registers a part, and
`services.erasure` plays it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from accounts.models import Patient

Ids = Collection[UUID]


def _always(records: Collection[Patient]) -> None:
    return None


def _nothing_kept(records: Collection[Patient]) -> bool:
    return False


def _none(records: Ids) -> list[UUID]:
    return []


@dataclass(frozen=True)
class Part:
    """`forget(records, keys)` empties whatever still points to the person: of these records, or sealed under these
    data keys. Idempotent: a restored backup brings back what it had emptied.

    `keys(records)` names further data keys of the person, which are destroyed with the record's own; asked again
    after `forget`, it may know of none. `require(records)` raises Refused where something has to be settled first.
    `keeps(records)` says whether a duty to keep may hold the practice: then the person asks, and staff decide.
    All are called under the lock of the practice, before anything is destroyed.
    """

    forget: Callable[[Ids, Ids], None]
    keys: Callable[[Ids], Collection[UUID]] = _none
    require: Callable[[Collection[Patient]], None] = _always
    keeps: Callable[[Collection[Patient]], bool] = _nothing_kept


_registered: list[Part] = []


def register(part: Part) -> None:
    """Called when the apps are ready."""
    if part not in _registered:
        _registered.append(part)


def parts() -> tuple[Part, ...]:
    return tuple(_registered)
