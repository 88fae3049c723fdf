"""The chain of seals, by the standard library alone: what a seal says, and whether seals follow one another.

As a program it checks what `manage.py export_audit_seals` wrote, anywhere and without any key:

    python core/audit/chain.py seals.jsonl [--from NUMBER]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

MAC_BYTES = 32
# What stands before the first seal.
NOTHING = bytes(32)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Pair = tuple[int, bytes]  # an event's number and its code


@dataclass(frozen=True)
class Seal:
    """One link. `events` is None where only the link itself was kept."""

    number: int
    sealed_at: datetime
    previous: bytes
    digest: bytes
    mac: bytes
    events: list[Pair] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the digest is that of what the seal says."""
        try:
            return self.digest == digest_of(self.previous, self.number, self.sealed_at, self.events or ())
        except (AttributeError, OverflowError):  # numbers or times that no seal has
            return False

    def as_line(self) -> str:
        link: dict[str, Any] = {
            "number": self.number,
            "sealed_at": self.sealed_at.isoformat(),
            "previous": self.previous.hex(),
            "digest": self.digest.hex(),
            "mac": self.mac.hex(),
        }
        if self.events is not None:
            link["events"] = [[number, mac.hex()] for number, mac in self.events]
        return json.dumps(link, separators=(",", ":"))

    @classmethod
    def from_line(cls, line: str) -> Seal:
        """Raises ValueError for what is none."""
        try:
            link = json.loads(line)
            events = link.get("events")
            return cls(
                number=int(link["number"]),
                sealed_at=datetime.fromisoformat(link["sealed_at"]),
                previous=bytes.fromhex(link["previous"]),
                digest=bytes.fromhex(link["digest"]),
                mac=bytes.fromhex(link["mac"]),
                events=events and [(int(number), bytes.fromhex(mac)) for number, mac in events],
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"This is no seal: {line[:80]}") from error


def digest_of(previous: bytes, number: int, sealed_at: datetime, events: Iterable[Pair]) -> bytes:
    """SHA-256 over the seal before (32 bytes), its number, microseconds since 1970 (8 bytes each, the highest first),
    and for each event its number (8 bytes) and its code (32)."""
    sha = hashlib.sha256(previous)
    sha.update(number.to_bytes(8, "big"))
    sha.update(((sealed_at - _EPOCH) // timedelta(microseconds=1)).to_bytes(8, "big"))
    for event, mac in events:
        sha.update(event.to_bytes(8, "big") + mac)
    return sha.digest()


def breaks(
    seals: Iterable[Seal], *, first: int = 1, before: bytes | None = None
) -> Iterator[tuple[Seal, list[str]]]:
    """Each seal, with what is wrong about it or between it and the one before. `first` is the number of the first, and
    `before` the digest of the one before that, which was checked at another time; None where nobody knows it."""
    last = NOTHING if first == 1 else before
    expected = first
    for seal in seals:
        wrong = []
        if seal.number > expected:
            wrong.append(f"{_seals(expected, seal.number - 1)} missing")
        elif last is not None and seal.previous != last:
            wrong.append(f"seal {seal.number} does not follow the one before it")
        if seal.events is not None and not seal.is_whole:
            wrong.append(f"seal {seal.number} was changed, or put in another place")
        yield seal, wrong
        last, expected = seal.digest, seal.number + 1


def begin_at(first: int, seals: Iterator[Seal]) -> tuple[bytes | None, Iterator[Seal]]:
    """The digest of the seal before this number, where it is among them, and those from it on."""
    before = None
    for seal in seals:
        if seal.number >= first:
            return before, chain((seal,), seals)
        before = seal.digest if seal.number == first - 1 else None
    return before, iter(())


def _seals(first: int, last: int) -> str:
    return f"seal {first} is" if first == last else f"seals {first} to {last} are"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Checks what `manage.py export_audit_seals` wrote.")
    parser.add_argument("file")
    parser.add_argument(
        "--from",
        type=int,
        default=1,
        metavar="NUMBER",
        dest="first",
        help="begin at this seal, behind a checked one",
    )
    asked = parser.parse_args(arguments)
    found, seals, events = 0, 0, 0
    with open(asked.file, encoding="utf-8") as file:
        before, wanted = begin_at(asked.first, map(Seal.from_line, file))
        for seal, wrong in breaks(wanted, first=asked.first, before=before):
            seals, events = seals + 1, events + len(seal.events or ())
            found += len(wrong)
            for line in wrong:
                print(line)
    print(f"{seals} seals of {events} events: {'as they were made' if not found else f'{found} findings'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
