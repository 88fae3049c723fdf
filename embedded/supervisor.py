"""Run the whole of Vicita on this machine: `python -m embedded.supervisor` (or `python3 dev.py run`).

PostgreSQL, Valkey, migrations, demo data, web, worker and beat under one roof: what dies is started again,
everything stops in order, and nothing is left when this process is killed. With `DATABASE_URL` or `REDIS_URL`
given, nothing of that kind is started here.
"""

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
from pathlib import Path

from embedded.keys import load_keys
from embedded.postgres import Postgres
from embedded.process import EmbeddedError, end_leftovers
from embedded.service import Service, describe, say
from embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
_DATABASE = "vicita"
# Who needs whom: what feeds others stops last.
_STOP_ORDER = (("demo", "migrate", "beat", "web"), ("worker",), ("valkey",), ("postgres",))


class Stopped(Exception):
    """Somebody asked to stop while we were starting."""


class Supervisor:
    def __init__(self) -> None:
        self.env = dict(os.environ, PYTHONUNBUFFERED="1")
        self.host = self.env.get("HOST", "127.0.0.1")
        self.port = int(self.env.get("PORT", "8000"))
        self.notes = VAR / "run"
        self.services: list[Service] = []
        self.asked_to_stop = threading.Event()

    # Life

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.asked_to_stop.set())
        began = time.monotonic()
        try:
            self._start_all(began)
            while not self.asked_to_stop.wait(0.2):
                for service in self.services:
                    service.keep_alive()
            return 0
        except Stopped:
            return 0
        finally:
            self._stop_all()

    def _start_all(self, began: float) -> None:
        left = end_leftovers(self.notes)
        if left:
            say(f"ended what an earlier run left behind: {', '.join(left)}")
        self._check_port()
        self._start_servers()
        self._run_step("migrate", "migrate", "--verbosity=0")
        self._start_application()
        seeded: list[str] = []
        if self.env.get("VICITA_EMBEDDED"):
            self._run_step("demo", "demo", on_line=seeded.append)
        self._wait_for_web()
        self._announce(seeded, time.monotonic() - began)

    def _stop_all(self) -> None:
        if not self.services:
            return
        began = time.monotonic()
        say("stopping")
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
            self.env["VICITA_EMBEDDED"] = "1"
            self.env["DATABASE_URL"] = postgres.url(_DATABASE)
            waits.append(self._launch_postgres(postgres))
        if not self.env.get("REDIS_URL"):
            valkey = Valkey(VAR, password=self.env["VALKEY_PASSWORD"])
            self.env["REDIS_URL"] = valkey.url()
            waits.append(self._launch_valkey(valkey))
        self.env.setdefault("PUBLIC_URL", f"http://127.0.0.1:{self.port}")
        for wait in waits:
            wait()
        if postgres is not None:
            postgres.ensure_database(_DATABASE)

    def _launch_postgres(self, server: Postgres) -> Callable[[], None]:
        process = self._add(
            "postgres",
            server.argv,
            stop_signal=signal.SIGINT,  # SIGTERM would wait for every client
            before_start=server.prepare,
            popen_options=server.popen_options,
            grace=30,
        ).start()
        return lambda: server.wait_ready(process)

    def _launch_valkey(self, server: Valkey) -> Callable[[], None]:
        process = self._add("valkey", server.argv, before_start=server.prepare).start()
        return lambda: server.wait_ready(process)

    def _start_application(self) -> None:
        web = ["uvicorn", "config.asgi:application", "--host", self.host, "--port", str(self.port)]
        web += ["--lifespan", "off", "--ws", "websockets-sansio", "--timeout-graceful-shutdown", "3"]
        self._add("web", _python("-m", *web, "--no-access-log", "--log-level", "warning")).start()
        celery = ["-m", "celery", "--quiet", "-A", "config"]
        worker = ["worker", "-c", "2", "--without-gossip", "--without-mingle", "--loglevel", "warning"]
        as_root = ["-W", "ignore:You're running the worker"]  # on one machine, in a container: no news
        self._add("worker", _python(*as_root, *celery, *worker), grace=20).start()
        beat = ["beat", "--pidfile=", "--max-interval", "1", "--loglevel", "warning"]
        self._add("beat", _python(*celery, *beat)).start()

    def _add(self, name: str, argv: list[str], **more: object) -> Service:
        service = Service(name, argv, self.env, ROOT, self.notes, **more)  # type: ignore[arg-type]
        self.services.append(service)
        return service

    def _run_step(self, name: str, *command: str, on_line: Callable[[str], None] | None = None) -> None:
        """Run a management command to its end; raise `EmbeddedError` when it fails."""
        step = Service(name, _python("manage.py", *command), self.env, ROOT, self.notes, on_line=on_line)
        process = step.start()
        try:
            while process.poll() is None:
                self._pause()
        finally:
            step.stop()
        if process.returncode:
            raise EmbeddedError(f"{name} failed ({describe(process.returncode)}); its message is above.")

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
            for service in self.services:
                service.keep_alive()
            self._pause()
        raise EmbeddedError(f"The web server did not answer in {timeout:.0f} s; its log is above.")

    def _announce(self, seeded: Iterable[str], seconds: float) -> None:
        kept = (
            f"Data is kept in {VAR}." if self.env.get("VICITA_EMBEDDED") else "Data is kept in your database."
        )
        block = [
            *seeded,
            "",
            f"Vicita is running: {self.env['PUBLIC_URL']}/   (started in {seconds:.1f} s)",
            f"Stop it with Ctrl-C. {kept}",
        ]
        with contextlib.suppress(OSError):
            print("\n" + "\n".join(block) + "\n", flush=True)


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def main() -> int:
    VAR.mkdir(exist_ok=True)
    with (VAR / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _refuse(f"Vicita already runs from {ROOT}. Stop that one first (Ctrl-C in its terminal).")
        try:
            return Supervisor().run()
        except (EmbeddedError, subprocess.SubprocessError) as error:
            return _refuse(str(error))


def _refuse(message: str) -> int:
    print(f"\n{message}\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
