"""`manage.py rotate_keys`: what older master keys wrapped goes over to the newest of FIELD_KEYS."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import audit, crypto, keys


class Command(BaseCommand):
    help = (
        "Wraps everything anew that an older master key wrapped, under the newest one (the highest id) of FIELD_KEYS. "
        "Runs beside the product, may be stopped at any time and goes on where it was. First add the new key to "
        "FIELD_KEYS and restart every process; afterwards take the old one out."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="only say how much there is under which key; exit code 1 while an old one is needed",
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        try:
            keys.require()
        except keys.WrongKeys as error:
            raise CommandError(str(error)) from error
        if not check:
            self._rotate()
        self._report()

    def _rotate(self) -> None:
        if outdated := keys.outdated_processes():
            raise CommandError(
                f"{outdated} connections belong to processes that started without master key {crypto.newest_id()}: "
                "they could not open what is under it. Restart them, then try again."
            )
        began, moved = time.monotonic(), 0
        try:
            for step in keys.rotate():
                self.stdout.write(f"{step.name}: {step.done:,} done, {step.left:,} left")
                moved += step.done if step.left == 0 else 0
        except (keys.StillHeld, crypto.DecryptError) as error:
            raise CommandError(
                f"Stopped before the end: {str(error) or 'somebody holds the rest'}."
            ) from error
        if moved:
            audit.record("keys.rotated", newest=crypto.newest_id(), moved=moved)
        self.stdout.write(f"{moved:,} in {time.monotonic() - began:.1f} s")

    def _report(self) -> None:
        newest, used = crypto.newest_id(), set()
        for what in keys.registered():
            for key_id, number in sorted(what.counts().items()):
                used.add(key_id)
                self.stdout.write(f"{what.name}: {number:,} under key {key_id}")
        for key_id in sorted(crypto.master_ids() - used - {newest}):
            self.stdout.write(
                f"Nothing is under key {key_id} any more: write the backup of the keys anew, then take it out of "
                "FIELD_KEYS."
            )
        if used - {newest}:
            needed = ", ".join(map(str, sorted(used - {newest})))
            raise CommandError(f"Still needed besides key {newest}: {needed}.", returncode=1)
