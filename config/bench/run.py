"""One run: the data, the server, each part, the table."""

from __future__ import annotations

from collections.abc import Callable

from django.core.management import call_command

from config.bench import memory, peer, reads, writes
from config.bench.figures import Figure, table
from config.bench.server import serving


def slots(parts: str) -> list[Figure]:
    """Measures these parts of a, b, c, d and prints them as they come."""
    measured: list[Figure] = []

    def add(part: str, measure: Callable[[], list[Figure]]) -> None:
        if part in parts:
            figures = measure()
            measured.extend(figures)
            print(table(figures) + "\n", flush=True)

    call_command("migrate", verbosity=0)
    add("a", memory.figures)
    if {"b", "c"} & set(parts):
        with serving() as port:
            add("b", lambda: reads.figures(port))
            add("c", lambda: writes.figures(port))
    try:
        add("d", peer.figures)
    except peer.NotToBeHad as reason:
        print(f"(d) left out: the peer cannot be installed here. {reason}\n")
    return measured
