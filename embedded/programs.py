"""The programs that make up Vicita, as the supervisor starts them."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embedded.postgres import Postgres
from embedded.service import Service
from embedded.valkey import Valkey


class Programs:
    """Builds each service; `env` may still grow until the service starts."""

    def __init__(self, *, env: Mapping[str, str], root: Path, notes: Path) -> None:
        self._common: dict[str, Any] = {"env": env, "cwd": root, "notes": notes}

    def postgres(self, server: Postgres) -> Service:
        return Service(
            "postgres",
            server.argv,
            **self._common,
            stop_signal=signal.SIGINT,  # SIGTERM would wait for every client
            grace=30,
            before_start=server.prepare,
            popen_options=server.popen_options,
        )

    def valkey(self, server: Valkey) -> Service:
        return Service("valkey", server.argv, **self._common, before_start=server.prepare)

    def web(self, host: str, port: int) -> Service:
        uvicorn = ["-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port)]
        uvicorn += ["--no-proxy-headers"]  # whose address it is, TRUSTED_PROXY_COUNT decides
        uvicorn += ["--lifespan", "off", "--ws", "websockets-sansio", "--timeout-graceful-shutdown", "3"]
        return self._python("web", *uvicorn, "--no-access-log", "--log-level", "warning")

    def worker(self, queue: str, places: int) -> Service:
        """Named after the queue it works off (see config/celery.py), so many tasks at a time."""
        # Root is no news on one machine, in a container.
        command = ["-W", "ignore:You're running the worker", *_CELERY, "worker"]
        command += ["-n", f"{queue}@%h", "-Q", queue, "-c", str(places)]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "warning"]
        return self._python(queue, *command, grace=20)

    def companies(self, port: int, books: Path) -> Service:
        """Stripe, MercadoPago and Wompi as far as we speak with them; their books outlive a restart."""
        where = ["--port", str(port), "--books", str(books)]
        return self._python("companies", "-m", "payments.local_gateways", "run", *where)

    def beat(self) -> Service:
        return self._python(
            "beat", *_CELERY, "beat", "--pidfile=", "--max-interval", "1", "--loglevel", "warning"
        )

    def _python(self, name: str, *arguments: str, grace: float = 10) -> Service:
        return Service(name, [sys.executable, *arguments], **self._common, grace=grace)


_CELERY = ("-m", "celery", "--quiet", "-A", "config")
