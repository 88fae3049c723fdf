"""The table says the same as section 3 of the design, and nothing more."""

from __future__ import annotations

import itertools

from bookings.domain.lifecycle_table import HOLDING, TRANSITIONS, WHO, Status, allows

DESIGN = {
    ("settle", "pending_payment", "waiting_for_professional"),
    ("settle", "pending_payment", "confirmed"),
    ("revive", "expired", "waiting_for_professional"),
    ("revive", "expired", "confirmed"),
    ("accept", "waiting_for_professional", "confirmed"),
    ("reject", "waiting_for_professional", "rejected"),
    ("expire", "pending_payment", "expired"),
    ("expire", "waiting_for_professional", "expired"),
    ("expire", "confirmed", "expired"),
    ("reschedule", "waiting_for_professional", "waiting_for_professional"),
    ("reschedule", "confirmed", "confirmed"),
    ("reschedule", "confirmed", "waiting_for_professional"),
    ("cancel", "pending_payment", "cancelled"),
    ("cancel", "waiting_for_professional", "cancelled"),
    ("cancel", "confirmed", "cancelled"),
    ("start", "confirmed", "in_progress"),
    ("wait", "in_progress", "confirmed"),  # docs/adr/0010
    ("finish", "in_progress", "completed"),
    ("finish", "confirmed", "completed"),
    ("mark_no_show", "confirmed", "no_show"),
}


def test_the_table_is_the_design():
    every = itertools.product(TRANSITIONS, Status.values, Status.values)
    assert {move for move in every if allows(*move)} == DESIGN


def test_every_verb_says_who_may_say_it():
    assert WHO.keys() == {"book", *TRANSITIONS}
    assert all(WHO.values())


def test_the_first_five_hold_their_time():
    assert list(HOLDING) == Status.values[:5]
