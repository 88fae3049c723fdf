"""`manage.py backup`: the rows into one file, the data keys into another, to be kept in different places."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import backup


class Command(BaseCommand):
    help = (
        "Writes a new file of all rows, and over the file of the data keys. Rows alone are unreadable; of the keys "
        "keep only the latest file, elsewhere. Either part can be had alone. The product goes on running."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=Path, metavar="FOLDER", help="where the new file of the rows goes")
        parser.add_argument(
            "--keys", type=Path, metavar="FILE", help="the file of the keys that is written over"
        )

    def handle(self, *args: Any, rows: Path | None, keys: Path | None, **options: Any) -> None:
        if rows is None and keys is None:
            raise CommandError("Say where to: --rows FOLDER, --keys FILE, or both.")
        try:
            # Rows first: a key is always there when a row needs it.
            if rows is not None:
                path = backup.write_rows(rows)
                self.stdout.write(f"rows: {path} ({path.stat().st_size / 1e6:,.1f} MB)")
            if keys is not None:
                made = backup.write_keys(keys)
                self.stdout.write(f"keys: {keys} ({len(made.lines):,}, of them {made.destroyed:,} destroyed)")
        except (backup.BackupFailed, OSError) as error:
            raise CommandError(str(error)) from error
