"""What is in order though it looks odd: clocks that went wrong, and keys that were changed on purpose.

Only the application can make a row or a seal that says such a time or is under such a key: it is told, and no finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

# Rows are sealed about in the order in which they were written: a long transaction is minutes late at most.
PATIENCE = timedelta(minutes=15)
# So long processes with the key before may go on beside those with a new one.
KEY_CHANGE = timedelta(days=1)


class Clocks:
    """The latest moment that a sealed row is of: what comes long after its time was put there. Times that no clock
    should have said do not count, else all that follows would look late for ever."""

    def __init__(self) -> None:
        self._latest: datetime | None = None
        self._sealed_at: datetime | None = None
        # Number and time of the first and of the last row that is ahead.
        self._ahead: list[tuple[int, datetime]] = []
        self._count_ahead = self._count_back = 0
        self._last_back: tuple[int, timedelta] = (0, timedelta())

    def begin(self, seal: int, sealed_at: datetime) -> None:
        before, self._sealed_at = self._sealed_at, sealed_at
        if before is not None and sealed_at < before - PATIENCE:
            self._count_back += 1
            self._last_back = (seal, before - sealed_at)
            self._latest = None
        self.not_after(sealed_at)

    def not_after(self, moment: datetime) -> None:
        if self._latest is not None:
            self._latest = min(self._latest, moment)

    def is_late(self, at: datetime) -> bool:
        return self._latest is not None and at < self._latest - PATIENCE

    def count(self, row: int, at: datetime, *, until: datetime) -> None:
        """A row of ours, written when its seal was made, or now, at the latest."""
        if at > until + PATIENCE:
            self._count_ahead += 1
            self._ahead = [*self._ahead[:1], (row, at)]
        elif self._latest is None or at > self._latest:
            self._latest = at

    def notices(self) -> Iterator[str]:
        if self._count_ahead:
            (first, at), (last, _at) = self._ahead[0], self._ahead[-1]
            which = (
                f"row {first} is" if first == last else f"{self._count_ahead} rows ({first} to {last}) are"
            )
            yield f"{which} dated after the time of writing ({at:%Y-%m-%d %H:%M}): a clock was ahead"
        if self._count_back:
            seal, by = self._last_back
            times = "" if self._count_back == 1 else f", the last of {self._count_back} times"
            yield f"the clock went back at seal {seal}, by {by.total_seconds() / 3600:.1f} hours{times}"


class KeysInTurn:
    """Which key made what. A key that has been followed by a newer one makes nothing any more after a while: whoever
    found it in an old place can add nothing."""

    def __init__(self) -> None:
        self._newest = 0
        self._since: datetime | None = None
        # Key to the first and the last seal that needs it.
        self.spans: dict[int, tuple[int, int]] = {}

    def used(self, key: int, seal: int, sealed_at: datetime | None = None) -> None:
        """For a row in this seal, or for the seal itself, which was made then."""
        first, _last = self.spans.get(key, (seal, seal))
        self.spans[key] = (first, seal)
        if sealed_at is not None and key > self._newest:
            self._newest, self._since = key, sealed_at

    def is_over(self, key: int, at: datetime) -> bool:
        return key < self._newest and self._since is not None and at > self._since + KEY_CHANGE

    def notices(self) -> Iterator[str]:
        if len(self.spans) > 1:
            for key, (first, last) in sorted(self.spans.items()):
                yield f"key {key} of AUDIT_KEY is needed for seals {first} to {last}"
