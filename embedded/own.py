"""A Django command on this installation's own data, running or not: backups, rotating keys.

Its database is started when nobody else has, and its keys are those of `var/secrets.json`. Two commands are of its own:
`new_key` adds a master key there (`new_key audit` one of the audit), and `drop_old_keys` takes those master keys out
under which there is nothing any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping

from embedded.keys import add_key, load_keys, remove_old_master_keys
from embedded.postgres import Postgres
from embedded.process import EmbeddedError
from embedded.supervisor import DATABASE, ROOT, VAR

SECRETS = VAR / "secrets.json"


def main(arguments: list[str]) -> int:
    try:
        if arguments in (["new_key"], ["new_key", "audit"]):
            return _new_key(of_audit=len(arguments) == 2)
        with _environment() as environment:
            if arguments == ["drop_old_keys"]:
                return _drop_old_keys(environment)
            return _manage(environment, *arguments)
    except EmbeddedError as error:
        print(f"\n{error}\n", file=sys.stderr)
        return 1


def _new_key(*, of_audit: bool) -> int:
    if not SECRETS.exists():
        raise EmbeddedError(f"There is no {SECRETS} yet: `python3 dev.py run` makes it.")
    number = add_key(SECRETS, "AUDIT_KEY" if of_audit else "FIELD_KEYS")
    what, then = ("Key of the audit", "") if of_audit else ("Master key", ", then: rotate_keys")
    print(f"{what} {number} is in {SECRETS}; keep a copy of the file elsewhere. Start Vicita anew{then}")
    return 0


def _drop_old_keys(environment: Mapping[str, str]) -> int:
    if code := _manage(environment, "rotate_keys", "--check"):
        return code
    remove_old_master_keys(SECRETS)
    print(f"Only the newest master key is in {SECRETS} now. Destroy the copies that hold older ones.")
    return 0


def _manage(environment: Mapping[str, str], *arguments: str) -> int:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


@contextlib.contextmanager
def _environment() -> Iterator[dict[str, str]]:
    """What the commands need to find and to open the data."""
    postgres = Postgres(VAR)
    if not postgres.data.exists():
        raise EmbeddedError(f"There are no data in {postgres.data} yet: `python3 dev.py run` makes them.")
    environment = {
        # No command of these speaks to Valkey, and its port changes with every start.
        "REDIS_URL": "redis://127.0.0.1:1/0",
        **load_keys(SECRETS, data=postgres.data),
        **os.environ,
        "VICITA_EMBEDDED": "1",
        "DATABASE_URL": postgres.url(DATABASE),
        "PG_BIN": str(postgres.bin),
    }
    with (VAR / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield environment  # it runs, and its database with it
            return
        process = postgres.start()
        try:
            yield environment
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
