"""`python3 dev.py chaos scheduling [--seconds N] [--processes N] [--seed N]`: see `config.races`.

Exit code 1 after a deadlock, an unexpected error or a broken promise.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING

from config.races.processes import play_together, set_up

if TYPE_CHECKING:
    from config.races.play import Tally

MOST_SHOWN = 5


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py chaos scheduling", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--processes", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    set_up()
    from django.core.management import call_command

    from config.races.play import Tally
    from config.races.verdict import broken_promises
    from config.races.world import make_world

    call_command("migrate", verbosity=0)
    tally = Tally()
    seeds = [options.seed * 1000 + number for number in range(options.processes)]
    for part in play_together(make_world(), seeds, seconds=options.seconds):
        tally.add(part)
    broken = broken_promises()
    _print(tally, broken)
    return 1 if tally.unexpected or broken else 0


def _print(tally: Tally, broken: dict[str, int]) -> None:
    by_verb: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (verb, outcome), number in tally.outcomes.most_common():
        by_verb[verb][outcome] = number
    print(f"{'verb':<16}{'done':>7}{'refused':>9}   why")
    for verb, outcomes in sorted(by_verb.items()):
        done = outcomes.pop("done", 0)
        why = ", ".join(f"{code} {number}" for code, number in outcomes.items())
        print(f"{verb:<16}{done:>7}{sum(outcomes.values()):>9}   {why}")
    worst, slowest = max(tally.seconds, default=(0.0, "nothing"))
    typical = median(seconds for seconds, _verb in tally.seconds) if tally.seconds else 0.0
    print(
        f"\n{tally.operations} operations: median {typical * 1000:.0f} ms, worst {worst * 1000:.0f} ms ({slowest})"
    )
    print(
        f"{tally.deadlocks} deadlocks, {len(tally.unexpected)} unexpected errors, {len(broken)} broken promises"
    )
    for error in tally.unexpected[:MOST_SHOWN]:
        print(f"UNEXPECTED: {error}")
    for promise, number in broken.items():
        print(f"BROKEN: {promise}: {number}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
