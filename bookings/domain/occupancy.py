"""How much time is offered, and how much of it is taken. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from bookings.domain.intervals import Interval, Intervals

MINUTE = timedelta(minutes=1)


def without(intervals: Intervals, holes: Intervals) -> Iterator[Interval]:
    """What is left of them beside the holes."""
    remaining = iter(holes)
    hole = next(remaining, None)
    for begins, ends in intervals:
        while hole is not None and hole[0] < ends:
            if begins < hole[0]:
                yield begins, hole[0]
            begins = max(begins, hole[1])
            if hole[1] > ends:  # it reaches into the next one
                break
            hole = next(remaining, None)
        if begins < ends:
            yield begins, ends


def minutes_between(edges: Sequence[datetime], intervals: Iterable[Interval]) -> list[int]:
    """Whole minutes of the intervals from each edge to the next."""
    lengths = [timedelta(0)] * (len(edges) - 1)
    for begins, ends in intervals:
        at = max(bisect_right(edges, begins) - 1, 0)
        while at < len(lengths) and edges[at] < ends:
            lengths[at] += max(min(ends, edges[at + 1]) - max(begins, edges[at]), timedelta(0))
            at += 1
    return [length // MINUTE for length in lengths]


def share(part: int, whole: int) -> float | None:
    """As a fraction, such as 0.25; None where there is nothing to have a part of."""
    return part / whole if whole else None
