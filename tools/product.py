"""The whole product as a person starts it, on data and a port of its own: for tests and chaos from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg

from embedded.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 90.0  # seconds until everything due must have happened
# Whoever starts us may have settings of their own, as tests do: the product makes its own.
SETTINGS = frozenset(
    {
        "DATABASE_URL",
        "REDIS_URL",
        "PUBLIC_URL",
        "SECRET_KEY",
        "FIELD_KEYS",
        "BLIND_INDEX_KEY",
        "AUDIT_KEY",
        "PG_BIN",
        "SANDBOX_SECRET",
    }
    | {"VICITA_EMBEDDED", "ALLOWED_HOSTS", "EMAIL_URL", "PAYMENT_GATEWAYS", "DEBUG", "STATIC_MANIFEST"}
)
DEMO_PASSWORD = "demo-vicita"  # noqa: S105  (printed at every start)


class Violation(Exception):
    """A promise that was not kept."""


class Product:
    """The product under its supervisor, on a port and data of its own."""

    def __init__(self, var: Path) -> None:
        self.var, self.port, self.kills = var, _free_port(), 0
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = httpx.Client(base_url=self.url, timeout=10, follow_redirects=False)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        env |= {"PORT": str(self.port), "VICITA_VAR": str(self.var)}
        with (self.var / "product.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "embedded.supervisor"],
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until(lambda: self.get("/health/ready").status_code == 200, "the product starts")
        until(
            lambda: self.query("SELECT count(*) FROM bookings_booking")[0][0] > 0, "the demo data are there"
        )

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def kill(self, *programs: str) -> None:
        for name in programs:
            pid = int((self.var / "run" / f"{name}.pid").read_text().split()[0])
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.kills += 1

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(path, **options)

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """An API call, again until the product is there to answer it."""
        answer: dict[str, Any] = {}

        def call() -> bool:
            response = self.http.request(method, "/api/v1/" + path, **options)
            answer["response"] = response
            return response.status_code < 500

        until(call, f"{method} {path} is answered")
        response = answer["response"]
        if response.status_code >= 400:
            raise Violation(f"{method} {path}: {response.status_code} {response.text[:300]}")
        return response.json()

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(Postgres(self.var).url("vicita"), autocommit=True) as connection:
            cursor = connection.execute(sql, values)
            return cursor.fetchall() if cursor.description else []


def until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> float:
    """Waits for something to become true; returns the seconds. Raises Violation."""
    began = time.monotonic()
    while time.monotonic() - began < patience:
        with contextlib.suppress(httpx.HTTPError, psycopg.Error):
            if condition():
                return time.monotonic() - began
        time.sleep(0.2)
    raise Violation(f"not within {patience:.0f} s: {what}")


@contextlib.contextmanager
def running() -> Iterator[Product]:
    with tempfile.TemporaryDirectory(prefix="vicita-chaos-") as folder:
        Path(folder).chmod(0o711)  # the database may run as another user
        product = Product(Path(folder))
        try:
            product.start()
            yield product
        except Violation:
            log = (Path(folder) / "product.log").read_text(errors="replace").splitlines()
            print("\n".join(log[-60:]))
            raise
        finally:
            product.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
