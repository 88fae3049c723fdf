"""How sweeps work through what is due: a row claimed for a while, worked on outside the transaction, the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

Row = TypeVar("Row")

# Well under the time limit of a task, with room for a last slow answer of a gateway.
SECONDS_PER_RUN = 45


def turns(claim: Callable[[], Row | None]) -> Iterator[Row]:
    """Rows as `claim` takes them, until none is due or the time of this run is used up."""
    started = time.monotonic()
    while time.monotonic() - started < SECONDS_PER_RUN and (row := claim()) is not None:
        yield row


def pause(tries: int, *, first: timedelta, longest: timedelta = timedelta(hours=1)) -> timedelta:
    """How long to wait after so many tries: doubling, up to the longest."""
    return min(longest, first * 2 ** min(max(tries - 1, 0), 20))
