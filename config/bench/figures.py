"""How a figure is taken: candidates take turns, call by call, and the ratio of their medians is what counts.

Turns, because whatever slows the machine for a while slows all of them; medians, because what disturbs one call
says nothing about the code.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

Call = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """One measured ratio; `subject` and `against` are seconds, `aim` the ratio wished for, None for none.

    Less is better, unless `at_least`. `note` says what else was seen.
    """

    name: str
    subject: float
    against: float
    aim: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.against / self.subject if self.at_least else self.subject / self.against

    @property
    def reached(self) -> bool | None:
        if self.aim is None:
            return None
        return self.ratio >= self.aim if self.at_least else self.ratio <= self.aim


def in_turns(
    candidates: Mapping[str, Call],
    *,
    seconds: float,
    least: int = 15,
    clock: Callable[[], float] = time.perf_counter,
    least_disturbed: bool = False,
) -> dict[str, float]:
    """The median time of each, in seconds: for about so long altogether, at least `least` turns each.

    What only computes is best measured by `time.process_time`: others may want the processor too. `least_disturbed`:
    the median of the fastest fifth, where a small difference would drown in what others do on the machine.
    """
    taken: dict[str, list[float]] = {name: [] for name in candidates}
    for call in candidates.values():
        call()  # whatever only the first one costs
    ends_at = time.monotonic() + seconds
    gc.collect()
    while time.monotonic() < ends_at or len(next(iter(taken.values()))) < least:
        for name, call in candidates.items():
            began = clock()
            call()
            taken[name].append(clock() - began)
    counted = {name: sorted(times) for name, times in taken.items()}
    if least_disturbed:
        counted = {name: times[: max(1, len(times) // 5)] for name, times in counted.items()}
    return {name: median(times) for name, times in counted.items()}


def table(figures: Iterable[Figure]) -> str:
    rows = [("", "takes", "against", "ratio", "aim", ""), *(cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for name, *values in rows:
        right = [cell.rjust(width) for cell, width in zip(values[:-1], widths[1:-1], strict=True)]
        lines.append("  ".join([name.ljust(widths[0]), *right, values[-1]]).rstrip())
    return "\n".join(lines)


def as_json(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    return [asdict(figure) | {"ratio": figure.ratio, "reached": figure.reached} for figure in figures]


def cells(figure: Figure) -> tuple[str, ...]:
    """Name, what it takes, against what, ratio, aim, and what else there is to say; for people."""
    aim = "" if figure.aim is None else f"{'>=' if figure.at_least else '<='} {figure.aim:g}"
    verdict = {None: "", True: "reached", False: "MISSED"}[figure.reached]
    last = "  ".join(part for part in (verdict, figure.note) if part)
    return (figure.name, _span(figure.subject), _span(figure.against), f"{figure.ratio:.2f}x", aim, last)


def _span(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms" if seconds < 1 else f"{seconds:.2f} s"
