"""The keys of a one-machine installation: made once, kept in a file, handed on by environment."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from embedded.process import EmbeddedError


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


_MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_KEYS": lambda: f"1:{_key()}",
    "BLIND_INDEX_KEY": _key,
    "AUDIT_KEY": _key,
    "SANDBOX_SECRET": lambda: secrets.token_urlsafe(32),
    "VALKEY_PASSWORD": lambda: secrets.token_urlsafe(24),
}


# What data was written with: nothing stands in for it.
_NEEDED = frozenset({"FIELD_KEYS", "BLIND_INDEX_KEY"})


def load_keys(path: Path, *, data: Path | None) -> dict[str, str]:
    """Return the keys, making what is missing.

    `data` is the embedded cluster's folder: without its keys it cannot be read, so it gets no new ones.
    """
    stored = json.loads(path.read_text()) if path.exists() else {}
    lacking = sorted(name for name in _NEEDED if not stored.get(name) and name not in os.environ)
    if lacking and data is not None and data.exists():
        what = f"has no {' and no '.join(lacking)}" if stored else "is missing"
        raise EmbeddedError(
            f"{path} {what}, and the data in {data} cannot be read without it.\n"
            f"Put it back, or remove {data} to start anew."
        )
    keys = {name: stored.get(name) or make() for name, make in _MAKERS.items()}
    if keys != stored:
        _write(path, {**stored, **keys})
    return keys


def add_key(path: Path, name: str) -> int:
    """A newer key beside the others of FIELD_KEYS or AUDIT_KEY; returns its id. What is written from the next start on
    is under it. One that stands alone without an id is key 1."""
    keys = json.loads(path.read_text())
    present = keys[name] if ":" in keys[name] else f"1:{keys[name]}"
    newest = max(int(part.partition(":")[0]) for part in present.split(","))
    keys[name] = f"{present},{newest + 1}:{_key()}"
    _write(path, keys)
    return newest + 1


def remove_old_master_keys(path: Path) -> None:
    """Only the newest stays. Whoever calls this has seen that nothing is under the others."""
    keys = json.loads(path.read_text())
    keys["FIELD_KEYS"] = max(keys["FIELD_KEYS"].split(","), key=lambda part: int(part.partition(":")[0]))
    _write(path, keys)


def _write(path: Path, keys: dict[str, str]) -> None:
    """Readable by its owner alone from the first byte, and never half written."""
    building = path.with_suffix(".new")
    building.unlink(missing_ok=True)
    with open(os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(keys, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    building.rename(path)
