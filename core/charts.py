"""Charts as the server draws them: plain geometry for small SVGs that a template writes down.

Across, everything is a percentage: words keep their size on whatever width there is. Upwards it is pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor, log10
from typing import NamedTuple

from django.utils.functional import Promise

Words = str | Promise

HEIGHT = 176  # of the tallest column
ABOVE = 10  # room for the words of the topmost line
TICKS = 4
WIDEST = 7.0  # percent: few columns are no walls
GAP = 1  # between what is stacked
# How many words there is room for below, on a phone and on a desk.
NARROW, WIDE = 4, 13


@dataclass(frozen=True)
class Series:
    """One value for each column; None where there is none. `tone` is its colour, 1 to 4."""

    label: Words
    values: Sequence[float | None]
    tone: int


class Rect(NamedTuple):
    x: float
    y: float
    width: float
    height: float
    tone: int


class Column(NamedTuple):
    """`words` say all its values; `shown` is where its label is: "always", "wide" (not on a phone), or "" for never."""

    label: str
    words: str
    centre: float
    rects: list[Rect]
    shown: str


class Tick(NamedTuple):
    y: float
    words: str


@dataclass(frozen=True)
class ColumnChart:
    """Columns of several series, beside each other or `stacked`. `say` tells a value in words, `say_tick` one of the
    axis."""

    name: str  # for the ids of its parts
    title: Words
    about: Words  # what it shows, in a sentence
    first_header: Words  # of the column of labels in its table
    labels: Sequence[str]
    series: Sequence[Series]
    say: Callable[[float], str]
    say_tick: Callable[[float], str]
    stacked: bool = False
    names: Sequence[str] = ()  # the labels in full, for the table

    height = HEIGHT + ABOVE
    whole_height = HEIGHT + ABOVE + 26
    label_y = HEIGHT + ABOVE + 18

    @cached_property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table of the same numbers."""
        return list(zip(self._names, self._said, strict=True))

    @cached_property
    def ticks(self) -> list[Tick]:
        step, number = self._scale
        return [Tick(self._y(step * at), self.say_tick(step * at)) for at in range(number + 1)]

    @cached_property
    def columns(self) -> list[Column]:
        return [self._column(at) for at in range(len(self.labels))]

    def _column(self, at: int) -> Column:
        slot = 100 / len(self.labels)
        said = [f"{one.label}: {value}" for one, value in zip(self.series, self._said[at], strict=True)]
        return Column(
            label=self.labels[at],
            words=f"{self._names[at]}. {', '.join(said)}",
            centre=round(slot * (at + 0.5), 3),
            rects=self._stack(at, slot) if self.stacked else self._group(at, slot),
            shown=self._shown(at),
        )

    def _stack(self, at: int, slot: float) -> list[Rect]:
        width = min(slot * 0.72, WIDEST)
        rects, below = [], 0.0
        for one in self.series:
            value = one.values[at] or 0
            if value:
                bottom, top = self._y(below), self._y(below + value)
                gap = GAP if below else 0
                rects.append(
                    self._rect(slot * (at + 0.5) - width / 2, top, width, bottom - top - gap, one.tone)
                )
            below += value
        return rects

    def _group(self, at: int, slot: float) -> list[Rect]:
        width = min(slot * 0.72 / len(self.series), WIDEST)
        left = slot * (at + 0.5) - width * len(self.series) / 2
        return [
            self._rect(
                left + number * width, self._y(value), width * 0.94, self._y(0) - self._y(value), one.tone
            )
            for number, one in enumerate(self.series)
            if (value := one.values[at])
        ]

    def _rect(self, x: float, y: float, width: float, height: float, tone: int) -> Rect:
        return Rect(round(x, 3), round(y, 2), round(width, 3), round(max(height, 0.5), 2), tone)

    def _shown(self, at: int) -> str:
        wide = ceil(len(self.labels) / WIDE)
        narrow = wide * ceil(len(self.labels) / NARROW / wide)
        if at % narrow == 0:
            return "always"
        return "wide" if at % wide == 0 else ""

    def _y(self, value: float) -> float:
        step, number = self._scale
        return round(ABOVE + HEIGHT * (1 - value / (step * number)), 2)

    @cached_property
    def _scale(self) -> tuple[float, int]:
        """The step between the lines, and how many there are above the base."""
        columns = zip(*(one.values for one in self.series), strict=True)
        together = sum if self.stacked else max
        most = max((together(value or 0 for value in column) for column in columns), default=0)
        return scale(float(most))

    @property
    def _names(self) -> Sequence[str]:
        return self.names or self.labels

    @cached_property
    def _said(self) -> list[list[str]]:
        """Each column's values in words."""
        columns = zip(*(one.values for one in self.series), strict=True)
        return [["–" if value is None else self.say(value) for value in column] for column in columns]


def scale(most: float, ticks: int = TICKS) -> tuple[float, int]:
    """A round step (1, 2 or 5, with zeros) and how many of them reach over `most`, `ticks` or one more."""
    if most <= 0:
        return 1, 1
    rough = most / ticks
    magnitude = 10.0 ** floor(log10(rough))
    step = next(size * magnitude for size in (1, 2, 5, 10) if rough <= size * magnitude * 1.0000001)
    return step, max(ceil(most / step - 1e-9), 1)
