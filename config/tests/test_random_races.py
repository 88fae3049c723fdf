"""A small `python3 dev.py chaos scheduling`: a few players at once, and no promise is broken."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from config.races.play import Tally, play
from config.races.verdict import broken_promises
from config.races.world import make_world

PLAYERS, SECONDS, ROUNDS = 4, 2, 10
WANTED = {"book", "book_by_hand", "cancel", "reschedule"}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_random_verbs_at_once_break_no_promise(settings):
    settings.EMBEDDED, settings.PAYMENT_GATEWAYS = True, ["sandbox"]
    world, tally = make_world(), Tally()

    def take_part(seed):
        try:
            return play(world, seed, seconds=SECONDS)
        finally:
            connection.close()

    with ThreadPoolExecutor(PLAYERS) as pool:
        for number in range(ROUNDS):  # one, unless the machine is busy
            for part in pool.map(take_part, range(number * PLAYERS, (number + 1) * PLAYERS)):
                tally.add(part)
            if done(tally) >= WANTED:
                break
    assert not tally.unexpected
    assert tally.deadlocks == 0
    assert broken_promises() == {}
    assert done(tally) >= WANTED


def done(tally: Tally) -> set[str]:
    return {verb for (verb, outcome) in tally.outcomes if outcome == "done"}
