"""The table of figures in the documentation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from config.bench.figures import Figure, cells

PAGE = Path("docs/benchmarks.md")
ENDS = "<!-- end of figures -->"


def write(what: str, figures: Iterable[Figure]) -> None:
    """Puts these figures of `bench <what>` in the place of those that stand on the page."""
    begins = f"<!-- figures: python3 dev.py bench {what} --markdown -->"
    before, _begins, rest = PAGE.read_text().partition(begins)
    _old, _ends, after = rest.partition(ENDS)
    PAGE.write_text(f"{before}{begins}\n\n{table(figures)}\n\n{ENDS}{after}")


def table(figures: Iterable[Figure]) -> str:
    rows = [cells(figure) for figure in figures]
    head = ["| | takes | against | ratio | aim | |", "|---|---:|---:|---:|---:|---|"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)])
