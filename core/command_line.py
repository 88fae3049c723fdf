"""Django's command line, where what a command opens and writes of people's data is noted."""

from __future__ import annotations

from django.core.management import BaseCommand, ManagementUtility


class CommandLine(ManagementUtility):
    def fetch_command(self, subcommand: str) -> BaseCommand:
        command = super().fetch_command(subcommand)
        run = command.run_from_argv

        def run_noted(argv: list[str]) -> None:
            from core.audit.command import operated  # after Django's setup: it reads models

            with operated(subcommand):
                run(argv)

        command.run_from_argv = run_noted  # type: ignore[method-assign]
        return command
