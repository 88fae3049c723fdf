"""`python3 dev.py chaos payments [--histories N] [--seed S] [--only NUMBER]`: see `config.chaos_payments`.

Exit code 1 after a broken promise. `--only` plays one history again, and tells each of its moves.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from config.chaos_payments.play import Tally

SETTINGS = {"DJANGO_SETTINGS_MODULE": "config.settings", "VICITA_EMBEDDED": "1", "LOG_LEVEL": "CRITICAL"}
MOST_SHOWN = 10


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py chaos payments", description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, metavar="NUMBER")
    options = parser.parse_args(arguments)
    os.environ.update(SETTINGS)
    django.setup()
    from django.core.management import call_command

    from config.chaos_payments.play import Tally, play

    call_command("migrate", verbosity=0)
    tally, began = Tally(), time.process_time()
    numbers = range(options.histories) if options.only is None else [options.only]
    for number in numbers:
        play(options.seed, number, tally, tell=options.only is not None)
    _print(tally, options.seed, time.process_time() - began)
    return 1 if tally.violations else 0


def _print(tally: Tally, seed: int, seconds: float) -> None:
    for name, number in sorted(tally.moves.items()):
        print(f"{number:>8}  {name}")
    print("\nfaults:")
    for name, number in sorted(tally.faults.items()):
        print(f"{number:>8}  {name}")
    for number, found in list(tally.violations.items())[:MOST_SHOWN]:
        print(f"VIOLATION in history {number} (--seed {seed} --only {number}):")
        print("\n".join(f"    {one}" for one in found))
    print(
        f"\n{tally.histories} histories, {tally.moves.total()} moves, {tally.faults.total()} faults, "
        f"{len(tally.violations)} violations, {seconds:.0f} s of processor"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
