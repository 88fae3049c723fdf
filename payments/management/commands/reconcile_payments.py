"""`manage.py reconcile_payments`: every difference between the gateways' books and ours."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from payments.services.reconciling import differences, refunds_waiting

OLD_REFUND = timedelta(days=2)


class Command(BaseCommand):
    help = "Asks the payment gateways about every checkout, and lists what they say otherwise than our books."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="how far back (30)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        found = 0
        for one in differences(since=now - timedelta(days=options["days"])):
            found += 1
            ours, theirs = one.ours or "-", one.theirs
            self.stdout.write(
                f"{one.gateway} {one.reference or '-'}: {one.what}: ours {ours}, theirs {theirs}"
            )
        for refund in refunds_waiting(asked_before=now - OLD_REFUND):
            self.stdout.write(f"{refund.attempt.reference}: refund {refund.amount} is {refund.status} still")
        if found:
            raise CommandError(f"{found} differences.", returncode=1)
        self.stdout.write("No differences.")
