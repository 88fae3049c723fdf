"""`python -m payments.local_gateways run` serves; `settings --url URL` prints what a shop sets to pay through that.

Webhooks go to the shop at PUBLIC_URL, from the environment.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from payments.local_gateways.environment import of_shop
from payments.local_gateways.server import Courier, Server
from payments.local_gateways.world import World


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m payments.local_gateways")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("run")
    serving.add_argument("--port", type=int, default=8500)
    serving.add_argument("--books", type=Path, help="a file that keeps the books over a restart")
    commands.add_parser("settings").add_argument("--url", required=True)
    arguments = parser.parse_args()
    if arguments.command == "settings":
        print(json.dumps(of_shop(arguments.url)))
        return 0
    return serve(arguments.port, arguments.books)


def serve(port: int, books: Path | None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    server = Server(("127.0.0.1", port))
    shop = os.environ.get("PUBLIC_URL", "http://127.0.0.1:8000")
    server.world = World(base=server.url, shop=shop, file=books)
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
