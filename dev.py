#!/usr/bin/env python3
"""Vicita's one tool. Needs only Python 3.11 or newer; the rest it fetches into `.venv`.

python3 dev.py run                    everything on this machine: database, queue, web, workers, demo data
python3 dev.py run --gateways local   the same, and Stripe, MercadoPago and Wompi on this machine to pay through
python3 dev.py test                   every check, then every test, as the CI does
python3 dev.py test core -k outbox    only these tests (arguments go to pytest)
python3 dev.py check                  the checks without the tests
python3 dev.py chaos [--rounds N]     whole consultations while processes are killed (minutes; not part of test)
python3 dev.py chaos scheduling       many processes at once at few times: [--seconds N] [--processes N] [--seed N]
python3 dev.py chaos payments         random histories of money where everything goes wrong: [--histories N] [--seed N]
python3 dev.py bench slots            how fast free times and bookings are: [--json FILE] [--markdown]
python3 dev.py bench audit            what the audit costs a request, and how fast it is sealed and verified
python3 dev.py bench webhooks         what a signed webhook costs beside a bare insert: the same options
python3 dev.py messages               take new texts from the code into the translation files
python3 dev.py lock                   write requirements*.txt anew from requirements*.in
python3 dev.py manage <command>       a Django command, on throw-away services unless given
python3 dev.py own <command>          a Django command on the data of `run`: backup, restore, rotate_keys, new_key
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VAR = ROOT / "var"
LOCKED = ROOT / "requirements-dev.txt"
STAMP = VENV / ".requirements"
BROWSERS = VAR / "browsers"

SERVICES = ["python", "-m", "embedded.throwaway"]
# Name and command (from the virtual environment) of each check.
CHECKS: dict[str, list[str]] = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": [*SERVICES, "-m", "mypy", "."],  # its Django plugin reads the settings
    "layers": ["lint-imports"],
    "django": [*SERVICES, "-m", "tools.django_checks"],  # what the API says of itself is looked at by tests
    "translations": ["python", "-m", "tools.messages", "--check"],
    "vendored files": ["python", "tools/vendor.py", "--check"],
}


class Refused(Exception):
    """The machine lacks something; the message says what to do."""


def main(arguments: list[str]) -> int:
    command, *rest = arguments or ["help"]
    commands = {
        "run": run,
        "test": test,
        "check": check,
        "chaos": chaos,
        "bench": bench,
        "messages": messages,
        "lock": lock,
        "manage": manage,
        "own": own,
    }
    if command not in commands:
        print(__doc__)
        return 0 if command in {"help", "-h", "--help"} else 2
    os.chdir(ROOT)
    # A dozen processes start here, and each would compile all of Python's sources anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    bootstrap()
    return commands[command](rest)


# Commands


def run(arguments: list[str]) -> int:
    compile_messages()
    sys.stdout.flush()
    # The same process: signals reach the supervisor directly.
    os.execv(in_venv("python"), [in_venv("python"), "-m", "embedded.supervisor", *arguments])  # noqa: S606


def test(arguments: list[str]) -> int:
    compile_messages()
    if arguments:
        return run_tests(arguments)
    with started_checks() as outcomes:  # beside the tests, which wait more than they work
        tests = run_tests([])
        failed = report(outcomes)
    return summary([*failed, *(["tests"] if tests else [])])


def check(_: list[str]) -> int:
    with started_checks() as outcomes:
        return summary(report(outcomes))


def chaos(arguments: list[str]) -> int:
    compile_messages()
    if arguments[:1] == ["scheduling"]:
        return call(*SERVICES, "-m", "config.races", *arguments[1:])
    if arguments[:1] == ["payments"]:
        return call(*SERVICES, "-m", "config.chaos_payments", *arguments[1:])
    return call("python", "-m", "tools.chaos", *arguments)


def bench(arguments: list[str]) -> int:
    return call(*SERVICES, "-m", "config.bench", *arguments)


def messages(_: list[str]) -> int:
    code = call("python", "-m", "tools.messages", "update")
    compile_messages()
    return code


def lock(_: list[str]) -> int:
    options = ["--generate-hashes", "--universal", "--python-version", "3.11", "--quiet", "--upgrade"]
    environment = {**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "python3 dev.py lock"}
    for name in ("requirements", "requirements-dev"):
        command = [in_venv("uv"), "pip", "compile", f"{name}.in", "--output-file", f"{name}.txt", *options]
        if code := subprocess.run(command, env=environment, check=False).returncode:
            return code
    bootstrap()
    return 0


def manage(arguments: list[str]) -> int:
    return call(*SERVICES, "manage.py", *arguments)


def own(arguments: list[str]) -> int:
    return call("python", "-m", "embedded.own", *arguments)


# Checks and tests


class Outcome(NamedTuple):
    name: str
    passed: bool
    seconds: float
    output: str


@contextlib.contextmanager
def started_checks() -> Iterator[Iterator[Outcome]]:
    """Begins every check, two at a time, whatever the others say; gives their outcomes in order."""
    pool = ThreadPoolExecutor(2)
    try:
        yield pool.map(run_check, CHECKS)
    finally:
        pool.shutdown(cancel_futures=True)


def run_check(name: str) -> Outcome:
    program, *arguments = CHECKS[name]
    began = time.monotonic()
    done = subprocess.run(
        [in_venv(program), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(name, done.returncode == 0, time.monotonic() - began, done.stdout)


def report(outcomes: Iterable[Outcome]) -> list[str]:
    """Prints how the checks went, with the output of those that failed, and returns the names of these."""
    failed = []
    for name, passed, seconds, output in outcomes:
        print(f"{name:<20} {'ok' if passed else 'FAILED':<7} {seconds:6.1f} s", flush=True)
        if not passed:
            print(output.rstrip(), flush=True)
            failed.append(name)
    return failed


def run_tests(arguments: list[str]) -> int:
    environment = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(BROWSERS)}
    if chromium := find_chromium():
        environment |= {"CHROMIUM": chromium, "CHROMIUM_SHELL": find_chromium_shell() or chromium}
    # One more than a small machine has cores: browser tests wait more than they work.
    command = [in_venv("python"), "-m", "pytest", "-n", "3", "--dist", "loadgroup", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def summary(failed: list[str]) -> int:
    print(f"\nFAILED: {', '.join(failed)}" if failed else "\nEverything passed.")
    return 1 if failed else 0


def compile_messages() -> None:
    if call("python", "-m", "tools.messages", "compile"):
        raise Refused("The translations could not be compiled.")


def find_chromium() -> str | None:
    """The path of a Chromium, installed if need be; None when Playwright has its own."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found:
        return found
    if apt_install("chromium"):
        return shutil.which("chromium")
    print("No Chromium here: fetching Playwright's own.", flush=True)
    environment = {**os.environ, "PLAYWRIGHT_BROWSERS_PATH": str(BROWSERS)}
    if subprocess.run(
        [in_venv("playwright"), "install", "chromium"], env=environment, check=False
    ).returncode:
        raise Refused(
            "The tests need a browser: install Chromium, or name one: CHROMIUM=/path python3 dev.py test"
        )
    return None


def find_chromium_shell() -> str | None:
    """The path of Chromium without cameras, which does what the other tests need at half the work."""
    name, tried = "chromium-headless-shell", VAR / "no-chromium-shell"
    named = os.environ.get("CHROMIUM_SHELL")
    if found := shutil.which(named or name):
        return found
    if not tried.exists() and not apt_install(name):
        tried.touch()  # not everywhere there is such a package: it is asked for once
    return shutil.which(name)


# The virtual environment


def bootstrap() -> None:
    """Bring `.venv` to what is locked; nothing to do when it already is."""
    if sys.version_info < (3, 11):  # noqa: UP036  (this file alone may meet an older one)
        raise Refused(f"Vicita needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    VAR.mkdir(exist_ok=True)
    with (VAR / "bootstrap.lock").open("w") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)  # two at once would build the same folder
        wanted = hashlib.sha256(LOCKED.read_bytes()).hexdigest()
        python_works = (VENV / "bin" / "python").exists()
        if python_works and STAMP.exists() and STAMP.read_text() == wanted:
            return
        if not python_works:
            with timed("virtual environment"):
                create_venv()
        with timed("requirements"):
            install()
        STAMP.write_text(wanted)


def create_venv() -> None:
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(command, capture_output=True, check=False).returncode == 0:
        return
    # Debian and Ubuntu keep this part of Python in a package of its own.
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not apt_install(package) or subprocess.run(command, check=False).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Refused(
            f"Python cannot make virtual environments here. Install its package: apt install {package}"
        )


def install() -> None:
    if not (VENV / "bin" / "uv").exists():
        call("python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
    locked = ["--compile-bytecode", "--require-hashes", str(LOCKED)]
    if call("uv", "pip", "sync", "--quiet", "--python", in_venv("python"), *locked) == 0:
        return
    print("uv could not; trying pip, which knows this machine's own settings.", flush=True)
    if call("python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCKED)):
        raise Refused("The requirements could not be installed; the reason is above.")


# Small parts


def in_venv(program: str) -> str:
    return str(VENV / "bin" / program)


def call(program: str, *arguments: str) -> int:
    try:
        return subprocess.run([in_venv(program), *arguments], check=False).returncode
    except FileNotFoundError:
        return 127


def apt_install(package: str) -> bool:
    """Install a Debian package when that is possible here; say whether it is there now."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing the system package {package}.", flush=True)
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*apt, "update"], env=environment, check=False)
    install = [*apt, "install", "-y", "--no-install-recommends", package]
    return subprocess.run(install, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0


@contextlib.contextmanager
def timed(name: str) -> Iterator[None]:
    """Say what is being done, then in how many seconds it was."""
    print(f"{name:<20} ", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print("FAILED", flush=True)
        raise
    print(f"ok      {time.monotonic() - began:6.1f} s", flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refused as refused:
        sys.exit(f"\n{refused}")
    except KeyboardInterrupt:
        sys.exit(130)
