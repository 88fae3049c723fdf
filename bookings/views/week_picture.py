"""The opening week as a picture: where each bar stands, as SVG says it. Pure.

Places are percentages of the width, as text with a point, whatever the language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.models import AvailabilityBlock
from bookings.selectors.opening_week import MINUTES, Day, Stretch

HOUR = 60
# Shown even when the week is emptier than that.
FIRST, LAST = 8 * HOUR, 18 * HOUR
MOST_TICKS = 6


@dataclass(frozen=True)
class Bar:
    x: str
    width: str
    look: str


@dataclass(frozen=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True)
class Row:
    day: Day
    bars: list[Bar]
    now: str  # where the present moment is; "" on other days


@dataclass(frozen=True)
class Picture:
    rows: list[Row]
    ticks: list[Tick]
    looks: set[str]


def draw(days: Sequence[Day], now: datetime) -> Picture:
    """`now` in the practice's zone."""
    begins, ends = _hours_of(days)

    def place(minute: int) -> str:
        return f"{(minute - begins) / (ends - begins):.3%}"

    def bar(stretch: Stretch) -> Bar | None:
        left, right = max(stretch.begins, begins), min(stretch.ends, ends)
        if left >= right:
            return None
        return Bar(place(left), f"{(right - left) / (ends - begins):.3%}", _look(stretch))

    rows = []
    for day in days:
        bars = [drawn for stretch in [*day.made, *day.off] if (drawn := bar(stretch)) is not None]
        minute = now.hour * HOUR + now.minute
        is_now = day.date == now.date() and begins <= minute <= ends
        rows.append(Row(day, bars, place(minute) if is_now else ""))
    ticks = [Tick(place(minute), f"{minute // HOUR:02}:00") for minute in _ticks(begins, ends)]
    return Picture(rows, ticks, {bar.look for row in rows for bar in row.bars})


def _look(stretch: Stretch) -> str:
    block = stretch.of
    restricted = isinstance(block, AvailabilityBlock) and bool(block.modalities or block.services.all())
    return f"{stretch.kind} some" if restricted else str(stretch.kind)


def _hours_of(days: Sequence[Day]) -> tuple[int, int]:
    """Whole hours that hold every opening of the week."""
    made = [stretch for day in days for stretch in day.made]
    begins = min([FIRST, *(stretch.begins for stretch in made)])
    ends = max([LAST, *(stretch.ends for stretch in made)])
    return begins // HOUR * HOUR, min(-(-ends // HOUR) * HOUR, MINUTES)


def _ticks(begins: int, ends: int) -> range:
    """At round hours, not too many for a phone."""
    step = next(hours for hours in (1, 2, 3, 4, 6) if (ends - begins) / HOUR / hours < MOST_TICKS) * HOUR
    return range(-(-begins // step) * step, ends + 1, step)
