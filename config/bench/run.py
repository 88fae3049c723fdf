"""One run: the data, the server, each part, the table."""

from __future__ import annotations

from collections.abc import Callable

from django.core.management import call_command

from config.bench import audit as of_audit
from config.bench import memory, peer, reads, writes
from config.bench import webhooks as of_webhooks
from config.bench.figures import Figure, table
from config.bench.server import serving
from payments.local_gateways import environment


class Run:
    """Measures those of these parts that are asked for, and prints them as they come."""

    def __init__(self, parts: str) -> None:
        self.parts, self.figures = parts, list[Figure]()
        call_command("migrate", verbosity=0)

    def add(self, part: str, measure: Callable[[], list[Figure]]) -> None:
        if part in self.parts:
            figures = measure()
            self.figures += figures
            print(table(figures) + "\n", flush=True)


def slots(parts: str) -> list[Figure]:
    run = Run(parts)
    run.add("a", memory.figures)
    if {"b", "c"} & set(parts):
        with serving() as port:
            run.add("b", lambda: reads.figures(port))
            run.add("c", lambda: writes.figures(port))
    try:
        run.add("d", peer.figures)
    except peer.NotToBeHad as reason:
        print(f"(d) left out: the peer cannot be installed here. {reason}\n")
    return run.figures


def webhooks(parts: str) -> list[Figure]:
    run = Run(parts)
    with serving(environment.of_shop("http://127.0.0.1:9")) as port:
        run.add("a", lambda: of_webhooks.figures(port))
    return run.figures


def audit(parts: str) -> list[Figure]:
    run = Run(parts)
    with serving() as port:
        run.add("a", lambda: of_audit.requests(port))
    run.add("b", of_audit.rates)
    return run.figures
