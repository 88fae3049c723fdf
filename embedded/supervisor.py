"""Run the whole of Vicita on this machine: `python -m embedded.supervisor` (or `python3 dev.py run`).

PostgreSQL, Valkey, migrations, demo data, web, workers and beat under one roof: what dies is started again,
everything stops in order, and nothing is left when this process is killed. With `DATABASE_URL` or `REDIS_URL`
given, nothing of that kind is started here.
"""

import argparse
import contextlib
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from embedded.companies import settings_of_shop
from embedded.keys import load_keys
from embedded.postgres import Postgres
from embedded.process import EmbeddedError, end_leftovers
from embedded.programs import Programs
from embedded.service import Service, say
from embedded.steps import StaticFiles, Step
from embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VICITA_VAR") or ROOT / "var")
DATABASE = "vicita"
# Who needs whom: what feeds others stops last.
_STOP_ORDER = (("beat", "web"), ("clock", "outside", "companies"), ("valkey",), ("postgres",))


class Stopped(Exception):
    """Somebody asked to stop while we were starting."""


class Supervisor:
    """`companies`: with payment companies on this machine in place of the sandbox."""

    def __init__(self, *, companies: bool = False) -> None:
        self.companies_url = ""
        self.has_companies = companies
        self.env = dict(os.environ, PYTHONUNBUFFERED="1")
        self.host = self.env.get("HOST", "127.0.0.1")
        self.port = _port(self.env.get("PORT", "8000"))
        self.notes = VAR / "run"
        self.kept_in = "your database"
        self.programs = Programs(env=self.env, root=ROOT, notes=self.notes)
        self.services: list[Service] = []
        self.steps: list[Step] = []
        self.asked_to_stop = threading.Event()

    # Life

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.asked_to_stop.set())
        began = time.monotonic()
        try:
            self._start_all(began)
            while not self.asked_to_stop.wait(0.2):
                self._keep_alive()
            return 0
        except Stopped:
            return 0
        finally:
            self._stop_all()

    def _keep_alive(self) -> None:
        for service in self.services:
            service.keep_alive()

    def _start_all(self, began: float) -> None:
        left = end_leftovers(self.notes)
        if left:
            say(f"ended what an earlier run left behind: {', '.join(left)}")
        self._check_port()
        self._start_servers()
        if self.has_companies:
            self._start_companies()
        self._prepare()
        self._start(self.programs.web(self.host, self.port))
        self._start(self.programs.worker("clock", places=2))
        self._start(self.programs.worker("outside", places=3))
        self._start(self.programs.beat())
        seeded = self._step("demo").finish(self._pause) if self.env.get("VICITA_EMBEDDED") else []
        self._wait_for_web()
        self._announce(seeded, time.monotonic() - began)

    def _stop_all(self) -> None:
        if not self.services:
            return
        began = time.monotonic()
        say("stopping")
        for step in self.steps:
            step.cancel()
        for names in _STOP_ORDER:
            stopping = [threading.Thread(target=s.stop) for s in self.services if s.name in names]
            for thread in stopping:
                thread.start()
            for thread in stopping:
                thread.join()
        say(f"stopped in {time.monotonic() - began:.1f} s")

    # Parts

    def _start_servers(self) -> None:
        postgres = None if self.env.get("DATABASE_URL") else Postgres(VAR)
        for name, value in load_keys(VAR / "secrets.json", data=postgres.data if postgres else None).items():
            self.env.setdefault(name, value)
        waits: list[Callable[[], None]] = []
        if postgres is not None:
            self.kept_in = str(postgres.data.parent)
            self.env["VICITA_EMBEDDED"] = "1"
            self.env["DATABASE_URL"] = postgres.url(DATABASE)
            self.env["PG_BIN"] = str(postgres.bin)
            process = self._start(self.programs.postgres(postgres))
            waits.append(partial(postgres.wait_ready, process))
        if not self.env.get("REDIS_URL"):
            valkey = Valkey(VAR, password=self.env["VALKEY_PASSWORD"])
            self.env["REDIS_URL"] = valkey.url()
            process = self._start(self.programs.valkey(valkey))
            waits.append(partial(valkey.wait_ready, process))
        self.env.setdefault("PUBLIC_URL", f"http://127.0.0.1:{self.port}")
        for wait in waits:
            wait()
        if postgres is not None:
            postgres.ensure_database(DATABASE)

    def _start_companies(self) -> None:
        """What they give a shop goes before any settings of real ones."""
        port = _port(self.env.get("COMPANIES_PORT", str(self.port + 1)))
        self.companies_url = f"http://127.0.0.1:{port}"
        self.env.update(settings_of_shop(self.companies_url, root=ROOT))
        self._start(self.programs.companies(port, VAR / "companies.json"))

    def _prepare(self) -> None:
        """Migrations and, when they changed, the static files: both at once."""
        migrate = self._step("migrate", "--verbosity=0")
        files = StaticFiles(ROOT)
        if files.needed(self.env):
            say("collecting the static files; this takes some seconds, and only when they changed")
            self._step("collectstatic", "--noinput", "--verbosity=0").finish(self._pause)
            files.made()
        migrate.finish(self._pause)

    def _start(self, service: Service) -> subprocess.Popen[bytes]:
        self.services.append(service)
        return service.start()

    def _step(self, *command: str) -> Step:
        step = Step(command[0], *command, env=self.env, root=ROOT, notes=self.notes)
        self.steps.append(step)
        return step

    # Words with the outside

    def _pause(self) -> None:
        if self.asked_to_stop.wait(0.05):
            raise Stopped

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise EmbeddedError(
                        f"Cannot listen on {self.host}:{self.port}: {error.strerror}."
                    ) from error
                raise EmbeddedError(
                    f"Port {self.port} is in use. Stop what uses it, or choose another: "
                    f"PORT={self.port + 1} python3 dev.py run"
                ) from error

    def _wait_for_web(self, timeout: float = 60.0) -> None:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), 1):
                return
            self._keep_alive()
            self._pause()
        raise EmbeddedError(f"The web server did not answer in {timeout:.0f} s; its log is above.")

    def _announce(self, seeded: Iterable[str], seconds: float) -> None:
        block = [
            *seeded,
            "",
            f"Vicita is running: {self.env['PUBLIC_URL']}/   (started in {seconds:.1f} s)",
            *([f"Payment companies: {self.companies_url}/"] if self.companies_url else []),
            f"Stop it with Ctrl-C. Data is kept in {self.kept_in}.",
        ]
        with contextlib.suppress(OSError):
            print("\n" + "\n".join(block) + "\n", flush=True)


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise EmbeddedError(f"PORT must be a number from 1 to 65535, not {text!r}.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 dev.py run")
    parser.add_argument("--gateways", choices=["sandbox", "local"], default="sandbox")
    arguments = parser.parse_args()
    VAR.mkdir(exist_ok=True)
    with (VAR / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _refuse(f"Vicita already runs from {ROOT}. Stop that one first (Ctrl-C in its terminal).")
        try:
            return Supervisor(companies=arguments.gateways == "local").run()
        except (EmbeddedError, subprocess.SubprocessError) as error:
            return _refuse(str(error))


def _refuse(message: str) -> int:
    print(f"\n{message}\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
