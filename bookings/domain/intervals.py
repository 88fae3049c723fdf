"""Stretches of time, from one instant until before another. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property

Interval = tuple[datetime, datetime]


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Sorted, with touching and overlapping ones made one."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


class Intervals:
    """Disjoint sorted intervals that answer in logarithmic time."""

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        self._merged = merge(intervals)

    @cached_property
    def _starts(self) -> list[datetime]:
        return [start for start, _ in self._merged]

    @cached_property
    def _ends(self) -> list[datetime]:
        return [end for _, end in self._merged]

    def __iter__(self) -> Iterator[Interval]:
        return iter(self._merged)

    def overlap(self, start: datetime, end: datetime) -> bool:
        return bisect_right(self._ends, start) < bisect_left(self._starts, end)

    def contain(self, start: datetime, end: datetime) -> bool:
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self._ends[at]
