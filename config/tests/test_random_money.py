"""A small `python3 dev.py chaos payments`: random histories over the three gateways, and no promise is broken."""

from __future__ import annotations

import pytest

from config.chaos_payments.play import Tally, play

SEED, HISTORIES = 7, 30


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_whatever_goes_wrong_money_and_bookings_agree():
    tally = Tally()
    for number in range(HISTORIES):
        play(SEED, number, tally)
    assert tally.violations == {}
    kinds = {name.partition(":")[0].partition(" after")[0] for name in tally.faults}
    assert kinds >= {"API", "webhook", "forged", "altered", "crash"}
