"""The file of the rows: everything but the data keys, by pg_dump in one snapshot."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

from core.backup.postgresql import BackupFailed, environment, make_folder, program
from core.models import DataKey


def write_rows(folder: Path) -> Path:
    """A new file in the folder, there only when it is whole. Raises BackupFailed, OSError."""
    make_folder(folder)
    path = folder / f"rows-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"
    building = path.with_name(path.name + ".new")
    building.touch(mode=0o600)
    command = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
    command += [f"--exclude-table-data=public.{DataKey._meta.db_table}", f"--file={building}"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        building.unlink(missing_ok=True)
        raise BackupFailed(f"pg_dump did not make it:\n{done.stderr.strip()}")
    building.rename(path)
    return path
