"""A small `python3 dev.py chaos payments`: some hundreds of random histories over the three gateways, and no promise is
broken. In parts, which several processes play at once."""

from __future__ import annotations

import pytest

from config.chaos_payments.play import Tally, play

HISTORIES = 50


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(1, 5))
def test_whatever_goes_wrong_money_and_bookings_agree(seed):
    tally = Tally()
    for number in range(HISTORIES):
        play(seed, number, tally)
    assert tally.violations == {}
    kinds = {name.partition(":")[0].partition(" after")[0] for name in tally.faults}
    assert kinds >= {"API", "webhook", "forged", "altered", "crash"}
