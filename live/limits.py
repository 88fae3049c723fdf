from __future__ import annotations

import time

MAX_MESSAGE_CHARS = 64 * 1024


class Pace:
    """How fast one connection may talk: `burst` messages at once, `per_second` over time (token bucket)."""

    def __init__(self, *, burst: int = 120, per_second: float = 20) -> None:
        self.burst = burst
        self.per_second = per_second
        self._left = float(burst)
        self._at = time.monotonic()

    def allows(self) -> bool:
        """Counts one message; False when it is one too many."""
        now = time.monotonic()
        self._left = min(self.burst, self._left + (now - self._at) * self.per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
