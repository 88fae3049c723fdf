"""`manage.py migrate`: Django's, and then whether the installation's keys are those of its data, and whether an old
backup has brought somebody back who was erased. Every start begins with it (`dev.py run`, docker compose), and nothing
else starts when it fails."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate

from core import backup, keys


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys.require_settings()
            super().handle(*args, **options)
            keys.require()
            if not (options["app_label"] or options["plan"] or options["check_unapplied"]):
                backup.put_right()
        except keys.WrongKeys as error:
            raise CommandError(str(error)) from error
