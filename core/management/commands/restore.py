"""`manage.py restore`: what `backup` has written, back into the database. Whoever was erased since stays erased."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.commands import migrate

from core import audit, backup, keys


class Command(BaseCommand):
    help = (
        "Puts back the rows, the data keys, or both; with the rows everything else in the database is dropped. Stop "
        "every process of Vicita first. Keys that are in the database are kept and united with the file's, and what "
        "was destroyed stays destroyed. Without --keys the keys of the database are used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=Path, metavar="FILE", help="a file of rows")
        parser.add_argument("--keys", type=Path, metavar="FILE", help="the file of the keys")
        parser.add_argument(
            "--accept-lost",
            action="store_true",
            help="rows whose keys are nowhere count as erased, and second factors whose master key is gone are removed",
        )

    def handle(self, *args: Any, rows: Path | None, keys: Path | None, accept_lost: bool, **_: Any) -> None:
        if rows is None and keys is None:
            raise CommandError("Say what from: --rows FILE, --keys FILE, or both.")
        try:
            known = backup.read_keys(keys) if keys else None
            if rows is not None:
                backup.restore_rows(rows, known, accept_lost=accept_lost)
            elif known is not None:
                backup.restore_keys(known)
        except (backup.BackupFailed, backup.BadKeyFile, OSError) as error:
            raise CommandError(str(error)) from error
        self._finish(accept_lost)
        audit.record("backup.restored", rows=rows.name if rows else None, keys=keys.name if keys else None)
        self.stdout.write("Restored. Start Vicita again.")

    def _finish(self, accept_lost: bool) -> None:
        """Rows of an older version get the tables of this one; the keys are compared with the data, and whoever was
        erased since is erased again."""
        if accept_lost:
            call_command(migrate.Command(), verbosity=0)
            if number := keys.give_up_lost():
                self.stdout.write(f"{number} second factors are gone: their owners set up new ones.")
        try:
            call_command("migrate", verbosity=0)
        except CommandError as error:
            raise CommandError(
                f"{error}\nThe rows are in place, and Vicita will not start before the keys are right. --accept-lost "
                "gives up second factors whose master key is no more."
            ) from error
