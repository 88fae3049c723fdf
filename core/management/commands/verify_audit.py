"""`manage.py verify_audit`: is the audit as it was written?"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from core.audit.verifying import Verification
from core.models import AuditSeal


class Command(BaseCommand):
    help = "Reads the whole audit again, and says which row or seal is not as it was written (exit code 1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--seals",
            type=Path,
            metavar="FILE",
            default=settings.AUDIT_SEALS_FILE or None,
            help="seals as they were carried out of the database (AUDIT_SEALS_FILE, or an export)",
        )
        parser.add_argument(
            "--from",
            type=int,
            default=1,
            metavar="NUMBER",
            dest="first",
            help="begin at this seal: those before were verified at another time, or let go",
        )
        parser.add_argument("--quiet", action="store_true", help="only the exit code")

    def handle(self, *_args: Any, **options: Any) -> None:
        say = (lambda _line: None) if options["quiet"] else self.stdout.write
        file: Path | None = options["seals"]
        if file is None:
            say("Without a file of seals: nobody would see that the newest ones were cut off.")
        elif not file.is_file() and AuditSeal.objects.exists():
            raise CommandError(f"{file} is not there: without it nobody would see that seals were cut off.")
        verification = Verification(file=file, first=options["first"])
        found = 0
        with transaction.atomic():
            for line in verification.findings():
                found += 1
                say(line)
        for line in verification.notices():
            say(f"To be known: {line}.")
        say(
            f"{verification.rows} rows, {verification.seals} seals: "
            + (f"{found} findings." if found else "as they were written.")
        )
        if found:
            raise SystemExit(1)
