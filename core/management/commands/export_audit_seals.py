"""`manage.py export_audit_seals > seals.jsonl`: the chain, to be kept and checked elsewhere."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from core.audit.sealing import links


class Command(BaseCommand):
    help = (
        "Writes each seal of the audit as a line of JSON, with the numbers and codes of its rows; nothing of what they"
        " say. `python core/audit/chain.py FILE` checks them anywhere, without a key."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", type=int, default=1, metavar="NUMBER", dest="first")

    def handle(self, *_args: Any, **options: Any) -> None:
        with transaction.atomic():
            for seal in links(first=options["first"]):
                self.stdout.write(seal.as_line())
