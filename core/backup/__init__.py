"""Backup and restore: the rows in one file, the data keys in another, so that destroying a key reaches every old file
of rows (ADR 18)."""

from __future__ import annotations

from core.backup.keyfile import BadKeyFile, KeyFile, read_keys, write_keys
from core.backup.postgresql import BackupFailed
from core.backup.restoring import on_restored, put_right, restore_keys, restore_rows
from core.backup.rows import write_rows

__all__ = [
    "BackupFailed",
    "BadKeyFile",
    "KeyFile",
    "on_restored",
    "put_right",
    "read_keys",
    "restore_keys",
    "restore_rows",
    "write_keys",
    "write_rows",
]
