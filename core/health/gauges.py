"""Gauges of the installation: each reads something small, in words for IT and as a number for machines.

Apps register their own (`gauge`). One that cannot be read, or takes too long, says so and holds nobody up: the
database has `PATIENCE_SECONDS` for all of them together, and `LEAST_SECONDS` for each that comes after.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 1.0
LEAST_SECONDS = 0.05
Text = str | Promise


class Level(StrEnum):
    FINE = "fine"
    WATCH = "watch"  # not as it should be
    BAD = "bad"  # somebody has to do something
    UNKNOWN = "unknown"


TROUBLE = frozenset({Level.WATCH, Level.BAD, Level.UNKNOWN})


@dataclass(frozen=True)
class Reading:
    """`text` is for people; `metric` and `number` for machines, where there is something to count."""

    title: Text
    text: Text
    level: Level = Level.FINE
    metric: str = ""
    number: float = 0


@dataclass(frozen=True)
class Gauge:
    name: str
    title: Text
    group: Text
    read: Callable[[], Iterable[Reading]]


_known: dict[str, Gauge] = {}


def gauge(name: str, title: Text, *, group: Text) -> Callable[[Callable[[], Iterable[Reading]]], None]:
    """Registers a function that yields readings. It may use the database and `core.valkey.client`, nothing slower."""

    def register(read: Callable[[], Iterable[Reading]]) -> None:
        _known[name] = Gauge(name, title, group, read)

    return register


def read_all() -> list[tuple[Gauge, list[Reading]]]:
    """Every gauge with what it says now, in the order of their registration."""
    until = time.monotonic() + PATIENCE_SECONDS
    return [(one, _read(one, until)) for one in _known.values()]


def _read(one: Gauge, until: float) -> list[Reading]:
    patience = max(LEAST_SECONDS, until - time.monotonic())
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{patience * 1000:.0f}ms"])
            return list(one.read())
    except Exception as error:  # whatever keeps it from us, the others are still worth reading
        log.warning("gauge not readable", extra={"gauge": one.name, "error": type(error).__name__})
        return [_unknown(one)]


def _unknown(one: Gauge) -> Reading:
    return Reading(one.title, _("cannot be read"), Level.UNKNOWN)
