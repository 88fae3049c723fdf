"""`python -m payments.local_gateways` reads LOCAL_GATEWAYS_PORT, LOCAL_GATEWAYS_BOOKS (a file) and PUBLIC_URL, the
shop that webhooks go to."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path

from payments.local_gateways.server import Courier, Server
from payments.local_gateways.world import World


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    server = Server(("127.0.0.1", int(os.environ.get("LOCAL_GATEWAYS_PORT", "8500"))))
    books = os.environ.get("LOCAL_GATEWAYS_BOOKS")
    shop = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000")
    server.world = World(base=server.url, shop=shop, file=Path(books) if books else None)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    Courier(server.world).start()
    server.start()
    stopped.wait()
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
