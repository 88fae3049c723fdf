"""Players in processes of their own, with nothing in common but the database."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:  # what they need of Django is loaded in each process, once that is set up
    from config.races.play import Tally
    from config.races.world import World

SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "VICITA_EMBEDDED": "1",  # the sandbox takes the money
    "DATABASE_POOL_SIZE": "4",
    "LOG_LEVEL": "CRITICAL",  # errors are counted, and shown at the end
}


def set_up() -> None:
    os.environ.update(SETTINGS)
    django.setup()


def play_together(world: World, seeds: list[int], *, seconds: float) -> list[Tally]:
    """One process for each seed."""
    with ProcessPoolExecutor(len(seeds), multiprocessing.get_context("spawn"), initializer=set_up) as pool:
        return list(pool.map(_play, repeat(world), seeds, repeat(seconds)))


def _play(world: World, seed: int, seconds: float) -> Tally:
    from config.races.play import play

    return play(world, seed, seconds=seconds)
