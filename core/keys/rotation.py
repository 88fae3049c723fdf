"""Everything that older master keys wrapped goes over to the newest, on live tables.

In short transactions, each of them whole: killed anywhere, what is done is done, and each envelope says what is left.
Whoever writes meanwhile, writes under the newest; whoever erases somebody meanwhile, wins: a row that is locked is
looked at again once it is free.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import OperationalError, connection

from core import crypto
from core.keys.wrapped import Wrapped, registered

BATCH = 500


class StillHeld(Exception):
    """Somebody holds rows for long: what is left is for another run."""


@dataclass(frozen=True)
class Step:
    """How far it is with one kind of thing."""

    name: str
    done: int
    left: int


def rotate(batch: int = BATCH) -> Iterator[Step]:
    """Says after each batch how far it is. Safe in parallel. Raises StillHeld, core.crypto.DecryptError."""
    for what in registered():
        left, done = _left(what), 0
        yield Step(what.name, done, left)
        while left:
            moved = what.rewrap(batch, wait=False) or _wait_for(what, batch)
            # Counted anew at the end: others may have moved some, or erased them, or brought new ones.
            done, left = done + moved, (left - moved if 0 < moved < left else _left(what))
            yield Step(what.name, done, left)


def give_up_lost() -> int:
    """Drops what is under master keys that we have no more, where it can be had anew. Returns how many."""
    ours = crypto.master_ids()
    return sum(what.give_up(key_id) for what in registered() for key_id in what.in_use() - ours)


def outdated_processes() -> int:
    """How many connections belong to processes that do not have our newest master key (`config.database`): they
    could not open what is under it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name LIKE 'vicita key %%'"
        )
        known = [int(name.rpartition(" ")[2]) for (name,) in cursor.fetchall()]
    return sum(key_id < crypto.newest_id() for key_id in known)


def _left(what: Wrapped) -> int:
    newest = crypto.newest_id()
    return sum(number for key_id, number in what.counts().items() if key_id < newest)


def _wait_for(what: Wrapped, batch: int) -> int:
    try:
        return what.rewrap(batch, wait=True)
    except OperationalError as error:
        raise StillHeld from error
