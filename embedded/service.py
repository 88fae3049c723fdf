"""One supervised program: its log, its restarts, its end."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded.process import forget, remember, tethered

_COLOURS = {"postgres": 34, "valkey": 35, "web": 32, "clock": 33, "outside": 31, "beat": 36, "companies": 35}
_LONGEST_PAUSE = 30.0  # seconds between restarts of what keeps dying
_STEADY = 30.0  # seconds after which a start counts as good
# Advice for large servers that would be the first thing a newcomer reads.
_NOISE = (
    "Memory overcommit must be enabled",
    "Received SIGTERM scheduling shutdown",
    "ready to exit, bye bye",
)
_print_lock = threading.Lock()


def say(text: str, name: str = "vicita") -> None:
    """Print one line with its source in front. A closed terminal must stop nothing."""
    label = f"{name:>9} |"
    if sys.stdout.isatty():
        label = f"\x1b[{_COLOURS.get(name, 1)}m{label}\x1b[0m"
    with _print_lock, contextlib.suppress(OSError, ValueError):
        print(f"{label} {text}", flush=True)


@dataclass(eq=False)
class Service:
    """A program that is kept running. Start it from the main thread only (see `tethered`)."""

    name: str
    argv: list[str]
    env: Mapping[str, str]
    cwd: Path
    notes: Path
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    before_start: Callable[[], None] | None = None
    popen_options: dict[str, Any] = field(default_factory=dict)
    on_line: Callable[[str], None] | None = None
    process: subprocess.Popen[bytes] | None = None
    _started: float = 0.0
    _failures: int = 0
    _restart_at: float | None = None

    def start(self) -> subprocess.Popen[bytes]:
        if self.before_start:
            self.before_start()
        self._started, self._restart_at = time.monotonic(), None
        self.process = subprocess.Popen(
            self.argv,
            **{"cwd": self.cwd, **self.popen_options},
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # A session of its own: Ctrl-C reaches the supervisor alone, which then stops all in order.
            start_new_session=True,
            preexec_fn=tethered(self.stop_signal),
        )
        remember(self.notes, self.name, self.process.pid)
        threading.Thread(target=self._relay, args=(self.process,), daemon=True).start()
        return self.process

    def keep_alive(self) -> None:
        """Start it again when it died: soon at first, then less and less often."""
        now = time.monotonic()
        if self._restart_at is None:
            if self.process is None or self.process.poll() is None:
                return
            self._end_group()
            self._failures = 0 if now - self._started > _STEADY else self._failures + 1
            pause = min(_LONGEST_PAUSE, 0.25 * 2**self._failures)
            self._restart_at = now + pause
            say(
                f"{self.name} ended ({describe(self.process.returncode)}); starting it again in {pause:.1f} s"
            )
        elif now >= self._restart_at:
            try:
                self.start()
            except Exception as error:
                self._failures += 1
                self._restart_at = now + min(_LONGEST_PAUSE, 0.25 * 2**self._failures)
                say(f"{self.name} could not start: {error}")

    def stop(self) -> None:
        """Ask it to end, then make it; nothing of its group is left."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.grace)
            except subprocess.TimeoutExpired:
                say(f"{self.name} did not stop in {self.grace:.0f} s: killing it")
        self._end_group()
        self.process.wait()
        forget(self.notes, self.name)

    def _end_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def _relay(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101
        for line in process.stdout:
            text = line.decode("utf-8", "replace").rstrip()
            if self.on_line:
                self.on_line(text)
            elif text and not any(noise in text for noise in _NOISE):
                say(text, self.name)


def describe(code: int) -> str:
    """A return code in words."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"code {code}"
