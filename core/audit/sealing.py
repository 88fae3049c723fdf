"""Closes rows of the audit in batches, and carries each seal out of the database."""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.audit.chain import MAC_BYTES, NOTHING, Seal, digest_of
from core.audit.codes import mac_of_seal
from core.models import AuditEvent, AuditSeal

log = logging.getLogger(__name__)

BATCH = 1000
# More is left to the next run: others wait for the worker too.
BATCHES = 20
_TAIL_BYTES = 65_536


def seal_due() -> int:
    """Seals what is written and committed, at most BATCHES of BATCH rows; returns how many rows. One process at a
    time. A row that commits late, though its number is lower, comes into the next seal."""
    sealed = 0
    for _n in range(BATCHES):
        count = _seal_batch()
        sealed += count
        if count < BATCH:
            break
    carry_out()
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('audit seal', 0))")
        if cursor.fetchone() != (True,):
            return 0
    rows = AuditEvent.objects.filter(seal=None).order_by("pk").values_list("pk", "mac")[:BATCH]
    events = [(number, bytes(mac)) for number, mac in rows]
    if not events:
        return 0
    last = AuditSeal.objects.order_by("-number").first()
    seal = _next_seal(last, events)
    AuditSeal.objects.create(
        number=seal.number,
        sealed_at=seal.sealed_at,
        event_ids=[number for number, _mac in events],
        event_macs=b"".join(mac for _number, mac in events),
        previous=seal.previous,
        digest=seal.digest,
        mac=seal.mac,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_auditevent SET seal_id = %s WHERE id = ANY(%s)",
            [seal.number, [number for number, _mac in events]],
        )
    transaction.on_commit(lambda: _tell(seal, len(events)))
    return len(events)


def _next_seal(last: AuditSeal | None, events: list[tuple[int, bytes]]) -> Seal:
    number, previous = (last.number + 1, bytes(last.digest)) if last else (1, NOTHING)
    sealed_at = timezone.now()
    digest = digest_of(previous, number, sealed_at, events)
    return Seal(number, sealed_at, previous, digest, mac_of_seal(digest), events)


def _tell(seal: Seal, count: int) -> None:
    """The log is a second place outside the database."""
    log.info("audit sealed", extra={"seal": seal.number, "events": count, "digest": seal.digest.hex()})


def link(row: AuditSeal) -> Seal:
    """The seal as it stands in the database. One whose lists do not fit together is not whole."""
    macs = bytes(row.event_macs)
    codes = [macs[at : at + MAC_BYTES] for at in range(0, len(macs), MAC_BYTES)]
    fits = len(codes) == len(row.event_ids)
    return Seal(
        number=row.number,
        sealed_at=row.sealed_at,
        previous=bytes(row.previous),
        digest=bytes(row.digest),
        mac=bytes(row.mac),
        events=list(zip(row.event_ids, codes, strict=True)) if fits else [],
    )


def links(*, first: int = 1) -> Iterator[Seal]:
    """All seals from this number on, some at a time."""
    rows = AuditSeal.objects.filter(number__gte=first).order_by("number")
    return map(link, rows.iterator(chunk_size=20))


def carry_out() -> int:
    """Appends to `AUDIT_SEALS_FILE` the links that it does not have yet; returns how many. What is cut off in the
    database stays there."""
    if not settings.AUDIT_SEALS_FILE:
        return 0
    path = Path(settings.AUDIT_SEALS_FILE)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        last, is_torn = _last_of(file)
        count = 0
        new = AuditSeal.objects.filter(number__gt=last).defer("event_ids", "event_macs").order_by("number")
        for count, row in enumerate(new.iterator(), start=1):
            seal = Seal(row.number, row.sealed_at, bytes(row.previous), bytes(row.digest), bytes(row.mac))
            file.write(b"\n" * (is_torn and count == 1) + seal.as_line().encode() + b"\n")
        file.flush()
        if count:
            os.fsync(file.fileno())
        return count


def _last_of(file: IO[bytes]) -> tuple[int, bool]:
    """The number of the last seal in the file, and whether somebody died while writing a line."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL_BYTES))
    tail = file.read()
    for line in reversed(tail.splitlines()):
        try:
            return Seal.from_line(line.decode()).number, not tail.endswith(b"\n")
        except ValueError:
            continue
    return 0, bool(tail) and not tail.endswith(b"\n")


def anchors(path: Path) -> Iterator[Seal]:
    """The links of such a file, or of an export. A line that somebody died over is none."""
    with path.open(encoding="utf-8", errors="replace") as file:
        for line in file:
            try:
                yield Seal.from_line(line)
            except ValueError:
                continue
