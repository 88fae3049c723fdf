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


def load_keys(path: Path, *, data: Path | None) -> dict[str, str]:
    """Return the keys, making what is missing.

    `data` is the embedded cluster's folder: without its keys it cannot be read, so it gets no new ones.
    """
    stored = json.loads(path.read_text()) if path.exists() else {}
    if not stored and data is not None and data.exists() and "FIELD_KEYS" not in os.environ:
        raise EmbeddedError(
            f"{path} is missing, and the data in {data} cannot be read without it.\n"
            f"Put the file back, or remove {data} to start anew."
        )
    keys = {name: stored.get(name) or make() for name, make in _MAKERS.items()}
    if keys != stored:
        _write(path, {**stored, **keys})
    return keys


def _write(path: Path, keys: dict[str, str]) -> None:
    """Readable by its owner alone from the first byte, and never half written."""
    building = path.with_suffix(".new")
    building.unlink(missing_ok=True)
    with open(os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(keys, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    building.rename(path)
