from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from embedded.process import end_leftovers, remember
from embedded.service import Service

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_a_child_dies_with_its_parent_even_when_that_is_killed() -> None:
    parent_code = f"""
import signal, subprocess
from embedded.process import tethered
child = subprocess.Popen({SLEEPER!r}, preexec_fn=tethered(signal.SIGTERM), stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
child.wait()
"""
    parent = subprocess.Popen([sys.executable, "-c", parent_code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()

    assert not psutil.wait_procs([child], timeout=10)[1]


def test_what_an_earlier_run_left_is_ended(tmp_path: Path) -> None:
    left = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL)
    remember(tmp_path, "worker", left.pid)

    assert end_leftovers(tmp_path) == ["worker"]
    assert not psutil.pid_exists(left.pid)
    left.wait()
    assert list(tmp_path.iterdir()) == []


def test_another_process_with_a_remembered_number_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "worker.pid").write_text(f"{os.getpid()} 12345.0")

    assert end_leftovers(tmp_path) == []


def test_stopping_a_service_takes_its_children_with_it(tmp_path: Path) -> None:
    code = f"import subprocess; p = subprocess.Popen({SLEEPER!r}); print(p.pid, flush=True); p.wait()"
    lines: list[str] = []
    service = Service(
        "web",
        [sys.executable, "-c", code],
        dict(os.environ),
        tmp_path,
        tmp_path / "run",
        on_line=lines.append,
    )
    service.start()
    _wait_until(lambda: len(lines) == 2)
    grandchild = psutil.Process(int(next(line for line in lines if line.isdecimal())))

    service.stop()

    assert not psutil.wait_procs([grandchild], timeout=10)[1]
    assert list((tmp_path / "run").iterdir()) == []


def test_a_service_that_died_is_started_again(tmp_path: Path) -> None:
    service = Service("web", SLEEPER, dict(os.environ), tmp_path, tmp_path / "run")
    first = service.start()
    first.kill()
    first.wait()
    try:
        _wait_until(lambda: service.keep_alive() or service.process is not first)
        assert service.process is not None
        assert service.process.poll() is None
    finally:
        service.stop()


def _wait_until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.02)
