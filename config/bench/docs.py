"""The table of figures in the documentation."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from config.bench.figures import Figure, cells

PAGE = Path("docs/benchmarks.md")
BEGINS, ENDS = "<!-- figures: python3 dev.py bench slots --markdown -->", "<!-- end of figures -->"


def write(figures: Iterable[Figure]) -> None:
    """Puts these figures in the place of those that stand on the page."""
    before, _begins, rest = PAGE.read_text().partition(BEGINS)
    _old, _ends, after = rest.partition(ENDS)
    PAGE.write_text(f"{before}{BEGINS}\n\n{table(figures)}\n\n{ENDS}{after}")


def table(figures: Iterable[Figure]) -> str:
    rows = [cells(figure) for figure in figures]
    head = ["| | takes | against | ratio | aim | |", "|---|---:|---:|---:|---:|---|"]
    return "\n".join([*head, *(f"| {' | '.join(row)} |" for row in rows)])
