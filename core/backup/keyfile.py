"""The file of the data keys: each wrapped by its master key, or the note that it was destroyed.

One line says what it is, then one for each key, then the digest of all before it: a file that was cut off is none.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from core.backup.postgresql import make_folder
from core.models import DataKey

_KIND = "vicita data keys"


class BadKeyFile(Exception):
    """In words for whoever runs the command."""


@dataclass(frozen=True)
class KeyFile:
    made_at: datetime
    # As COPY reads them: id, wrapped, created_at, destroyed_at, with tabs between.
    lines: list[str]

    @property
    def destroyed(self) -> int:
        return sum(not line.endswith("\\N") for line in self.lines)


def write_keys(path: Path) -> KeyFile:
    """Over the one that is there, in one step: of this file there is only the latest. Raises OSError."""
    made = KeyFile(made_at=datetime.now(UTC), lines=list(_lines()))
    head = json.dumps({"kind": _KIND, "made_at": made.made_at.isoformat(), "keys": len(made.lines)})
    text = "\n".join([head, *made.lines]) + "\n"
    make_folder(path.parent)
    building = path.with_name(path.name + ".new")
    building.unlink(missing_ok=True)
    with open(os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text}{_digest(text)}\n")
        file.flush()
        os.fsync(file.fileno())
    building.rename(path)
    return made


def read_keys(path: Path) -> KeyFile:
    """Raises BadKeyFile, OSError."""
    try:
        text, _, digest = path.read_text().removesuffix("\n").rpartition("\n")
    except UnicodeDecodeError:
        text = digest = ""
    if not digest or _digest(text + "\n") != digest:
        raise BadKeyFile(f"{path} is no whole file of keys: cut off, or changed.")
    head, *lines = text.split("\n")
    said = json.loads(head)
    if said.get("kind") != _KIND or said.get("keys") != len(lines):
        raise BadKeyFile(f"{path} is no file of keys.")
    return KeyFile(made_at=datetime.fromisoformat(said["made_at"]), lines=lines)


def _lines() -> Iterator[str]:
    rows = DataKey.objects.order_by("pk").values_list("pk", "wrapped", "created_at", "destroyed_at")
    for key_id, wrapped, created_at, destroyed_at in rows.iterator(chunk_size=5000):
        gone = destroyed_at.isoformat() if destroyed_at else "\\N"
        yield f"{key_id}\t\\\\x{bytes(wrapped).hex()}\t{created_at.isoformat()}\t{gone}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
