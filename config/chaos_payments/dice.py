"""What goes wrong, and how often. Every fault is counted under its name."""

from __future__ import annotations

import random
from collections import Counter

from payments.local_gateways.faults import API_FAULTS

# Forged and altered ones the courier makes itself.
WEBHOOKS = ("lose", "duplicate", "delay", "reorder")
# How harsh a history is: the share of calls and webhooks that go wrong.
HARSHNESS = (0.0, 0.1, 0.25, 0.4)


class Crash(BaseException):
    """The process died here. No handler of errors sees that."""


class Dice:
    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.harshness = chance.choice(HARSHNESS)
        self.crashes = chance.choice((0.0, 0.02, 0.06))
        self.faults: Counter[str] = Counter()

    def calm_down(self) -> None:
        self.harshness = self.crashes = 0.0

    def api(self) -> str:
        return self._fault("API", API_FAULTS)

    def webhook(self) -> str:
        return self._fault("webhook", WEBHOOKS)

    def maybe_crash(self, where: str) -> None:
        if self.crashes and self.chance.random() < self.crashes:
            self.faults[f"crash after {where}"] += 1
            raise Crash

    def _fault(self, of: str, kinds: tuple[str, ...]) -> str:
        if not self.harshness or self.chance.random() >= self.harshness:
            return ""
        kind = self.chance.choice(kinds)
        self.faults[f"{of}: {kind}"] += 1
        return kind
