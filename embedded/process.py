"""Child processes that never outlive the one who started them."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil

_PR_SET_PDEATHSIG = 1
# PyDLL keeps the interpreter lock during the call: nothing else may run between fork and exec.
_libc = ctypes.PyDLL(None) if sys.platform == "linux" else None


class EmbeddedError(RuntimeError):
    """Something a person has to read; the message says what to do."""


def tethered(sig: signal.Signals) -> Callable[[], None]:
    """Return a `preexec_fn` that makes the kernel send `sig` to the child when its parent is gone, however.

    The kernel looks at the parent *thread*: start such children from the main thread only. Where the kernel
    cannot do it (macOS), `end_leftovers` cleans up at the next start.
    """
    parent = os.getpid()

    def in_child() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(sig))
            if os.getppid() != parent:
                os._exit(1)

    return in_child


def remember(folder: Path, name: str, pid: int) -> None:
    """Note a running child, so that the next start can find it if this one dies without stopping it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.pid").write_text(f"{pid} {psutil.Process(pid).create_time()}")


def forget(folder: Path, name: str) -> None:
    (folder / f"{name}.pid").unlink(missing_ok=True)


def end_leftovers(folder: Path, timeout: float = 20.0) -> list[str]:
    """End what an earlier, killed run left behind; return the names of what was still alive."""
    found = {note.stem: _remembered(note) for note in folder.glob("*.pid")}
    alive = {name: process for name, process in found.items() if process is not None}
    for name, process in alive.items():
        # PostgreSQL waits for its clients on SIGTERM; SIGINT makes it close them.
        process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
    for process in psutil.wait_procs(list(alive.values()), timeout=timeout)[1]:
        kill_tree(process)
    for name in found:
        forget(folder, name)
    return sorted(alive)


def kill_tree(process: psutil.Process) -> None:
    """Kill a process and all its descendants, at once."""
    try:
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for member in family:
        try:
            member.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(family, timeout=5)


def _remembered(note: Path) -> psutil.Process | None:
    """The process of a note, unless it ended (another process of the same number has another start time)."""
    try:
        pid, started = note.read_text().split()
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - float(started)) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, psutil.Error):
        return None
    return process if same else None
