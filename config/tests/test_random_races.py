"""A small `python3 dev.py chaos scheduling`: a few players at once, and no promise is broken."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from config.races.play import Tally, play
from config.races.verdict import broken_promises
from config.races.world import make_world

PLAYERS, SECONDS = 4, 4


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
        for part in pool.map(take_part, range(PLAYERS)):
            tally.add(part)
    assert not tally.unexpected
    assert tally.deadlocks == 0
    assert broken_promises() == {}
    done = {verb for (verb, outcome) in tally.outcomes if outcome == "done"}
    assert {"book", "book_by_hand", "cancel", "reschedule"} <= done
