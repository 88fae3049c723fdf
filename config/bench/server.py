"""The web server as in production, and a client that costs next to nothing: open connections, requests ready made."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SETTINGS = {
    "DEBUG": "0",
    # Counted as ever, but nobody is turned away.
    "PUBLIC_READ_RATE": "1000000/m",
    "PUBLIC_WRITE_RATE": "1000000/m",
    "WEBHOOK_RATE": "1000000/m",
    "LOG_LEVEL": "ERROR",
}


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


class UnexpectedAnswer(Exception):
    """The server said something else than was asked for."""


class Connection:
    """Keep-alive HTTP/1.1 over one socket."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str) -> Answer:
        return self.send(request("GET", path))

    def send(self, ready_made: bytes, *, expect: int = 0) -> Answer:
        """Raises UnexpectedAnswer unless it went well, or has the status that is expected."""
        self._socket.sendall(ready_made)
        received = self._socket.recv(65536)
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        missing = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) - (len(received) - end - 4)
        parts = [received[end + 4 :]]
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        answer = Answer(int(received[9:12]), b"".join(parts))
        if answer.status != expect if expect else answer.status >= 400:
            raise UnexpectedAnswer(f"{ready_made[:200]!r}: {answer.status} {answer.body[:300]!r}")
        return answer

    def close(self) -> None:
        self._socket.close()

    def _more(self) -> bytes:
        part = self._socket.recv(65536)
        if not part:
            raise UnexpectedAnswer("The server closed the connection.")
        return part


def request(
    method: str, path: str, body: bytes = b"", cookie: str = "", headers: Mapping[str, str] | None = None
) -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    head += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if cookie:
        head.append(f"Cookie: {cookie}")
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


@contextlib.contextmanager
def serving(settings: Mapping[str, str] | None = None) -> Iterator[int]:
    """gunicorn with the settings of `deploy/` and these, on a port of its own; yields the port."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "config.bench.wsgi:application"]
    # A connection may wait long for its turn.
    lasting = ["--max-requests", "0", "--keep-alive", "60"]
    options = ["--config", "deploy/gunicorn.py", "--bind", f"127.0.0.1:{port}", *lasting]
    process = subprocess.Popen([*command, *options], env={**os.environ, **SETTINGS, **(settings or {})})
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, UnexpectedAnswer):
            Connection(port).get("/health")
            return
        time.sleep(0.1)
    raise UnexpectedAnswer("The server does not start.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
