"""PostgreSQL and Valkey for one run, then gone: for tests, or `python -m embedded.throwaway manage.py check`.

Each has its own folder and servers, so several may go at once in one checkout. `DATABASE_URL` or `REDIS_URL`
given: that server is used.
"""

import base64
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from embedded.postgres import Postgres
from embedded.valkey import Valkey

_PREFIX = "vicita-test-"
_DATABASE = "vicita"
# Nothing of a test's data has to survive anything.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_DEFAULTS = {
    "SECRET_KEY": "only-for-tests-0123456789-0123456789-0123456789-abcdef",
    "FIELD_KEYS": "1:" + base64.b64encode(b"only for tests: 32 bytes of key!").decode(),
    "AUDIT_KEY": base64.b64encode(b"only for tests: 32 bytes, audit!").decode(),
    "BLIND_INDEX_KEY": base64.b64encode(b"only for tests: 32 bytes, index!").decode(),
    "SANDBOX_SECRET": "only-for-tests",
    "PUBLIC_URL": "http://localhost",
    "STATIC_MANIFEST": "0",  # static files straight from their sources
}


class Throwaway:
    def __init__(self) -> None:
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        # Held as long as the run lives: what is not held is rubbish of a killed run.
        self.lock = os.open(self.folder, os.O_RDONLY)
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> dict[str, str]:
        """Start what is not given; return what the environment lacks."""
        environment = {name: value for name, value in _DEFAULTS.items() if name not in os.environ}
        if "DATABASE_URL" not in os.environ:
            self.folder.chmod(0o711)  # the server may run as another user; its own folder is closed
            postgres = Postgres(self.folder, options=_FAST)
            self._launch(postgres, signal.SIGQUIT)
            postgres.ensure_database(_DATABASE)
            environment["DATABASE_URL"] = postgres.url(_DATABASE)
            environment["PG_BIN"] = str(postgres.bin)
        if "REDIS_URL" not in os.environ:
            valkey = Valkey(self.folder, password="only-for-tests", durable=False)  # noqa: S106
            self._launch(valkey, signal.SIGKILL)
            environment["REDIS_URL"] = valkey.url()
        return environment

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


def main(command: list[str]) -> int:
    services = Throwaway()
    try:
        environment = {**os.environ, **services.start()}
        return subprocess.run([sys.executable, *command], env=environment, check=False).returncode
    finally:
        services.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
