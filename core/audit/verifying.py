"""Reads the whole audit again, and says what is not as it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from core.audit.chain import Seal, breaks
from core.audit.codes import key_of, key_of_seal
from core.audit.in_turn import PATIENCE, Clocks, KeysInTurn
from core.audit.sealing import anchors, links
from core.models import AuditEvent, AuditSeal

_CHUNK = 2000


class Row(NamedTuple):
    """A row as the database gives it."""

    id: int
    at: datetime
    action: str
    actor_id: UUID | None
    role: str
    via: str
    route: str
    address: str
    request_id: str
    object_type: str
    object_id: str
    subjects: list[UUID]
    facts: dict[str, Any]
    mac: bytes
    seal_id: int | None


class Verification:
    """One reading. `findings` are one line each; afterwards `rows` and `seals` say how much was read, and `notices`
    what is in order and yet to be known. `first`: the seals before it were verified at another time, or are gone."""

    def __init__(self, *, file: Path | None = None, first: int = 1) -> None:
        self.file, self.first = file, first
        self.rows = self.seals = 0
        self._at = 0  # the number of the seal that is read
        self._clocks, self._keys = Clocks(), KeysInTurn()
        # Rows that lost the mark of their seal.
        self._unmarked: set[int] = set()

    def notices(self) -> Iterator[str]:
        yield from self._clocks.notices()
        yield from self._keys.notices()

    def findings(self) -> Iterator[str]:
        """In constant memory: by cursors of the database, and the rows of one seal at a time."""
        with connection.cursor() as cursor:
            # A statement may take its time. Never row by row against all others: statistics that are older than the
            # last rows promise that there are few, and then the time would grow with their square.
            cursor.execute("SET statement_timeout = 0; SET enable_nestloop = off")
        try:
            yield from self._of_seals()
            yield from self._of_strangers()
            yield from self._of_copies()
            yield from self._of_unsealed()
        except (ArithmeticError, AttributeError, RecursionError, TypeError, ValueError) as error:
            # Such as a date that Python does not know: the application never writes it.
            what = type(error).__name__
            yield f"what nobody can read ({what}) stands at seal {self._at} or behind it: the rest was not read"
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET statement_timeout; RESET enable_nestloop")

    def _of_seals(self) -> Iterator[str]:
        outside = _Outside(anchors(self.file) if self.file else (), first=self.first)
        for number in AuditSeal.objects.filter(number__lt=1).values_list("number", flat=True):
            yield f"seal {number} was inserted: the first one is 1"
        for seal, wrong in breaks(links(first=self.first), first=self.first, before=self._before()):
            self._at = seal.number
            yield from wrong
            yield from self._of_key(seal)
            yield from outside.disagreements(seal)
            yield from self._of_sealed(seal)
            self.seals += 1
        if self.file and self.seals and outside.is_empty:
            yield f"{self.file} holds no seal"
        yield from outside.cut_off()

    def _before(self) -> bytes | None:
        """The digest of the seal before the first: as it was carried out of the database, else as it stands there."""
        number = self.first - 1
        kept = anchors(self.file) if self.file and number else ()
        outside = next((seal.digest for seal in kept if seal.number == number), None)
        inside = AuditSeal.objects.filter(number=number).values_list("digest", flat=True).first()
        return outside or (None if inside is None else bytes(inside))

    def _of_key(self, seal: Seal) -> Iterator[str]:
        key = key_of_seal(seal.digest, seal.mac)
        if key is None:
            yield f"seal {seal.number} was not made with the key of the application"
            return
        self._keys.used(key, seal.number, seal.sealed_at)
        if self._keys.is_over(key, seal.sealed_at):
            yield f"seal {seal.number} was made with key {key}, long after a newer one had come"

    def _of_sealed(self, seal: Seal) -> Iterator[str]:
        events = seal.events or []
        found = {row.id: row for row in _rows(pk__in=[number for number, _mac in events])}
        self.rows += len(found)
        self._clocks.begin(seal.number, seal.sealed_at)
        ours = []
        for number, mac in events:
            row = found.get(number)
            if row is None:
                yield f"row {number} is missing (seal {seal.number})"
                continue
            own, sealed = _keys_of(row, mac)
            if own is not None:
                ours.append(row)
            yield from self._of_row(row, own, sealed, seal)
        for row in ours:  # among themselves the rows of a seal have no order
            self._clocks.count(row.id, row.at, until=seal.sealed_at)

    def _of_row(self, row: Row, own: int | None, sealed: int | None, seal: Seal) -> Iterator[str]:
        """Under which key what it says has the code that stands in it, and the code that was sealed."""
        if sealed is None and own is not None:
            yield f"row {row.id} was replaced by another one, or put in another place (seal {seal.number})"
        elif sealed is None:
            yield f"row {row.id} was changed (seal {seal.number})"
        elif own != sealed:
            yield f"the code of row {row.id} was changed (seal {seal.number})"
        elif self._clocks.is_late(row.at):
            yield f"row {row.id} is older than its seal {seal.number} allows: inserted?"
        elif self._keys.is_over(sealed, row.at):
            yield f"row {row.id} was written with key {sealed}, long after a newer one had come (seal {seal.number})"
        if sealed is not None:
            self._keys.used(sealed, seal.number)
        if row.seal_id != seal.number:
            self._unmarked.add(row.id)
            yield f"row {row.id} names seal {row.seal_id}, but is in seal {seal.number}"

    def _of_strangers(self) -> Iterator[str]:
        """Rows that name a seal which does not know them."""
        for number, seal in _sql(
            "SELECT e.id, e.seal_id FROM core_auditevent e LEFT JOIN"
            " (SELECT number, unnest(event_ids) AS id FROM core_auditseal WHERE number > 0) s"
            " ON s.id = e.id AND s.number = e.seal_id"
            " WHERE (e.seal_id >= %s OR e.seal_id < 1) AND s.id IS NULL ORDER BY e.id",
            [self.first],
        ):
            yield f"row {number} was inserted: seal {seal}, which it names, does not know it"

    def _of_copies(self) -> Iterator[str]:
        """The code does not cover the number: a copy of a row would have the right one."""
        for first, *more in (ids for (ids,) in _sql(_COPIES, [])):
            for number in more:
                yield f"row {number} was inserted: it is a copy of row {first}"

    def _of_unsealed(self) -> Iterator[str]:
        now = timezone.now()
        self._clocks.not_after(now)
        for row in _rows(seal=None):
            self.rows += 1
            (own,) = key_of(row, bytes(row.mac))
            if own is None:
                yield f"row {row.id} was inserted or changed: its code is not ours (not sealed yet)"
            elif row.id in self._unmarked:
                continue
            elif self._clocks.is_late(row.at):
                yield f"row {row.id} was inserted: it is not sealed, though later ones are"
            elif self._keys.is_over(own, row.at):
                yield f"row {row.id} was written with key {own}, long after a newer one had come (not sealed yet)"
            elif row.at < now - PATIENCE:
                yield f"row {row.id} waits for its seal since {row.at:%Y-%m-%d %H:%M}: does the sealing run?"
            elif row.at > now + PATIENCE:
                self._clocks.count(row.id, row.at, until=now)


def _keys_of(row: Row, sealed: bytes) -> list[int | None]:
    own = bytes(row.mac)
    if own == sealed:
        return key_of(row, own) * 2
    return key_of(row, own, sealed)


_COPIES = "SELECT array_agg(id ORDER BY id) FROM core_auditevent GROUP BY mac HAVING count(*) > 1"


class _Outside:
    """The links as they were carried out of the database, read beside those that are in it."""

    def __init__(self, links: Iterable[Seal], *, first: int) -> None:
        self._links = (link for link in links if link.number >= first)
        self._next = next(self._links, None)
        self.is_empty = self._next is None

    def disagreements(self, seal: Seal) -> Iterator[str]:
        while self._next is not None and self._next.number <= seal.number:
            if self._next.number == seal.number and self._next.digest != seal.digest:
                yield f"seal {seal.number} is not the one in the file"
            self._next = next(self._links, None)

    def cut_off(self) -> Iterator[str]:
        """Those after the last one of the database, unless they were made since it was read; one in between is told
        of as missing."""
        while self._next is not None:
            if not AuditSeal.objects.filter(number=self._next.number, digest=self._next.digest).exists():
                yield f"seal {self._next.number} was cut off: the file has it"
            self._next = next(self._links, None)


def _rows(**which: Any) -> Iterator[Row]:
    rows = AuditEvent.objects.filter(**which).order_by("pk").values_list(*Row._fields)
    return map(Row._make, rows.iterator(chunk_size=_CHUNK))


def _sql(statement: str, params: list[Any]) -> Iterator[tuple[Any, ...]]:
    """Row by row, by a cursor of the database."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, params)
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows
