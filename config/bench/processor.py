"""What the machine itself had to do for an answer: the processor time of the server and of its database, which says the
same when others want the processor too. Linux counts it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection

_PROCESSES = Path("/proc")


def of_servers() -> Callable[[], float]:
    """A clock, in seconds, of all that was started from here and of the database's processes on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity")
        database = [pid for (pid,) in cursor.fetchall()]
    processes = [*_descendants(os.getpid()), *database]
    return lambda: sum(_spent(pid) for pid in processes)


def _descendants(pid: int) -> Iterator[int]:
    for task in (_PROCESSES / str(pid) / "task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _descendants(int(child))


def _spent(pid: int) -> float:
    """Of all its threads; nothing for one that is gone, or is on another machine."""
    spent = 0.0
    with contextlib.suppress(OSError):
        for task in (_PROCESSES / str(pid) / "task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0]) / 1e9
    return spent
