"""One process's part: verbs until the time is over, and what became of each."""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from config.races.verbs import Idle, Player
from config.races.world import World
from core.errors import DomainError


@dataclass
class Tally:
    """What happened. `seconds` are those of each verb that had something to do."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: list[tuple[float, str]] = field(default_factory=list)
    deadlocks: int = 0
    unexpected: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.outcomes += other.outcomes
        self.seconds += other.seconds
        self.deadlocks += other.deadlocks
        self.unexpected += other.unexpected

    @property
    def operations(self) -> int:
        return self.outcomes.total()


def play(world: World, seed: int, *, seconds: float) -> Tally:
    tally, player = Tally(), Player(world, random.Random(seed))  # noqa: S311  (repeatable on purpose)
    heard = _Listener(tally)
    logging.getLogger().addHandler(heard)
    ends_at = time.monotonic() + seconds
    try:
        while time.monotonic() < ends_at:
            _one(player, player.next_verb(), tally)
    finally:
        logging.getLogger().removeHandler(heard)
    return tally


def _one(player: Player, verb: str, tally: Tally) -> None:
    began = time.perf_counter()
    try:
        player.play(verb)
        outcome = "done"
    except Idle:
        return
    except DomainError as error:
        outcome = error.code
    except Exception as error:
        outcome = type(error).__name__
        _mistake(tally, verb, error)
    tally.outcomes[verb, outcome] += 1
    tally.seconds.append((time.perf_counter() - began, verb))


def _mistake(tally: Tally, verb: str, error: BaseException) -> None:
    if isinstance(error, OperationalError) and isinstance(error.__cause__, DeadlockDetected):
        tally.deadlocks += 1
    tally.unexpected.append(f"{verb}: {type(error).__name__}: {error}"[:500])


class _Listener(logging.Handler):
    """Sweeps log what fails and go on: that counts as well."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(logging.ERROR)
        self._tally = tally

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        _mistake(self._tally, record.getMessage(), error or RuntimeError(record.name))
