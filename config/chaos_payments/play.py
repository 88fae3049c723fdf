"""One history: chance says what happens; then all comes to rest, and is looked at."""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from config.chaos_payments import sweeps
from config.chaos_payments.courier import Courier
from config.chaos_payments.dice import Crash, Dice
from config.chaos_payments.people import Idle, People
from config.chaos_payments.practice import open_practice
from config.chaos_payments.stage import ADDRESS, Clock, staged
from config.chaos_payments.verdict import broken_promises, overused
from core.errors import DomainError
from payments.gateways.base import GatewayError
from payments.local_gateways.messages import Refusal
from payments.local_gateways.world import World

MINUTES = (1, 2, 4, 10, 25, 60, 400, 1500)
LENGTH = (8, 24)
MOST_TRIES = 5
BEGINNINGS = (
    ("book", "go_to_checkout", "pay"),
    ("subscribe", "go_to_checkout_of_a_plan", "pay", "come_back", "book", "book"),
)
WEIGHTS = {
    "book": 6,
    "go_to_checkout": 14,
    "subscribe": 5,
    "go_to_checkout_of_a_plan": 8,
    "end_or_begin_a_sale": 1,
    "pay": 20,
    "pay_something_else": 6,
    "come_back": 5,
    "bring": 16,
    "forge": 4,
    "replay": 3,
    "accept": 5,
    "reject": 2,
    "cancel": 4,
    "call_off": 2,
    "move": 2,
    "come_to_the_meeting": 2,
    "end": 2,
    "give_back_some": 2,
    "care_for_a_refund": 3,
    "answer_a_question": 2,
    "dispute": 2,
    "refund_in_the_panel": 1,
    "sweep": 14,
    "wait": 10,
}


@dataclass
class Tally:
    histories: int = 0
    moves: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    # By the number of the history.
    violations: dict[int, list[str]] = field(default_factory=dict)


def play(seed: int, number: int, tally: Tally, *, tell: bool = False) -> None:
    """The history of this number. `tell`: prints each move."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311  (repeatable on purpose)
    dice, world = Dice(chance), World(base=ADDRESS, shop="http://localhost")
    heard = _Listener()
    logging.getLogger().addHandler(heard)
    try:
        with staged(world, dice, chance) as clock:
            history = History(f"chaos-{seed}-{number}", world, dice, clock)
            found = history.play(tally, tell)
    finally:
        logging.getLogger().removeHandler(heard)
    tally.histories += 1
    tally.faults += dice.faults
    if found or heard.mistakes:
        tally.violations[number] = [*found, *heard.mistakes]


class History:
    def __init__(self, name: str, world: World, dice: Dice, clock: Clock) -> None:
        self.world, self.dice, self.chance, self.clock = world, dice, dice.chance, clock
        crashes, dice.crashes = dice.crashes, 0.0
        self.practice = open_practice(name, self.chance)
        dice.crashes = crashes
        self.people, self.courier = People(self.practice, world, dice), Courier(world, dice)

    def play(self, tally: Tally, tell: bool) -> list[str]:
        names, weights = list(WEIGHTS), list(WEIGHTS.values())
        begins = self.chance.choice(BEGINNINGS if self.practice.plan else BEGINNINGS[:1])
        for number in range(self.chance.randint(*LENGTH)):
            for _try in range(MOST_TRIES):
                name = begins[number] if number < len(begins) else self.chance.choices(names, weights)[0]
                if outcome := self._make(name):
                    tally.moves[f"{name}: {outcome}"] += 1
                    if tell:
                        print(f"{name}: {outcome}")
                    break
        self.dice.calm_down()
        waiting = sweeps.settle_down(self.clock, self.courier.bring_everything)
        found = broken_promises(self.world, self.practice.service.professional_id)
        sweeps.leave_nothing_due()
        return [*self.courier.wrong, *found, *(f"{what}, for ever" for what in waiting)]

    def _make(self, name: str) -> str:
        """What became of it; "" when there was nothing to do it to."""
        try:
            return self._do(name)
        finally:
            if self.practice.plan is not None:
                self.courier.wrong += overused(self.practice.service.professional_id)

    def _do(self, name: str) -> str:
        try:
            self._verb(name)()
        except Idle:
            return ""
        except Crash:
            return "died"
        except Refusal:
            return "refused by the company"
        except DomainError as error:
            return error.code
        return "done"

    def _verb(self, name: str) -> Callable[[], object]:
        for who in (self, self.courier, self.people):
            if hasattr(who, name):
                verb: Callable[[], object] = getattr(who, name)
                return verb
        raise LookupError(name)

    def sweep(self) -> None:
        for sweep in self.chance.sample(sweeps.SWEEPS, self.chance.randint(1, len(sweeps.SWEEPS))):
            sweep()

    def wait(self) -> None:
        self.clock.forward(timedelta(minutes=self.chance.choice(MINUTES), seconds=self.chance.randint(0, 59)))


class _Listener(logging.Handler):
    """Whatever is caught and logged, and is no fault of ours."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.mistakes: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, GatewayError):
            self.mistakes.append(f"{record.getMessage()}: {type(error).__name__}: {error}"[:300])
