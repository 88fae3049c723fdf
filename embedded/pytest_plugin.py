"""Early pytest plugin (`-p embedded.pytest_plugin`): throw-away PostgreSQL and Valkey for the run.

Each run has its own folder and servers, so several may go at once in one checkout. `DATABASE_URL` or
`REDIS_URL` given: that server is used. The workers of pytest-xdist inherit the environment, and each takes
a Redis database.
"""

import base64
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from embedded.postgres import Postgres
from embedded.valkey import Valkey

_PREFIX = "vicita-test-"
_DATABASE = "vicita"
# Nothing of a test's data has to survive anything.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_DEFAULTS = {
    "SECRET_KEY": "only-for-tests-0123456789-0123456789-0123456789-abcdef",
    "FIELD_KEYS": "1:" + base64.b64encode(b"only for tests: 32 bytes of key!").decode(),
    "BLIND_INDEX_KEY": base64.b64encode(b"only for tests: 32 bytes, index!").decode(),
    "SANDBOX_SECRET": "only-for-tests",
    "PUBLIC_URL": "http://localhost",
    "STATIC_MANIFEST": "0",  # static files straight from their sources
}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Before pytest-django reads the settings: they need all this in the environment."""
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    arguments = early_config.known_args_namespace
    if worker:
        _take_redis_database(int(worker.removeprefix("gw")) + 1)
    elif not (arguments.help or arguments.version):
        services = _Services()
        early_config.add_cleanup(services.stop)
        services.start()
    return (yield)


class _Services:
    def __init__(self) -> None:
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        # Held as long as the run lives: what is not held is rubbish of a killed run.
        self.lock = os.open(self.folder, os.O_RDONLY)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        if "DATABASE_URL" not in os.environ:
            self.folder.chmod(0o711)  # the server may run as another user; its own folder is closed
            postgres = Postgres(self.folder, options=_FAST)
            self._launch(postgres, signal.SIGQUIT)
            postgres.ensure_database(_DATABASE)
            os.environ["DATABASE_URL"] = postgres.url(_DATABASE)
        if "REDIS_URL" not in os.environ:
            valkey = Valkey(self.folder, password="only-for-tests", durable=False)  # noqa: S106
            self._launch(valkey, signal.SIGKILL)
            os.environ["REDIS_URL"] = valkey.url()

    def stop(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGQUIT)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.lock)

    def _launch(self, server: Postgres | Valkey, stop_signal: signal.Signals) -> None:
        with open(self.folder / f"{type(server).__name__.lower()}.log", "wb") as log:
            # A session of its own: Ctrl-C reaches pytest alone, which then stops it.
            process = server.start(stop_signal, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        self.processes.append(process)


def _take_redis_database(number: int) -> None:
    if url := os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = urlsplit(url)._replace(path=f"/{number}").geturl()


def _sweep() -> None:
    """Remove folders of runs that were killed before they could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < 60:
                continue  # perhaps just made, and not yet held
            lock = os.open(folder, os.O_RDONLY)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)
