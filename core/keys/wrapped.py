"""What the master keys wrap: data keys, and what other apps register."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import Count

from core import crypto
from core.models import DataKey, MasterKeyId


class Wrapped(Protocol):
    """Rows with something in them that a master key wrapped. Each envelope says which one."""

    name: str  # for whoever reads the progress

    def in_use(self) -> set[int]:
        """The ids of the master keys under which there is something. Cheap: asked at every start."""

    def counts(self) -> dict[int, int]:
        """How many rows there are under each."""

    def open_one(self, key_id: int) -> None:
        """Opens one that this master key wrapped, if there still is one. Raises DecryptError."""

    def rewrap(self, limit: int, *, wait: bool) -> int:
        """At most so many go over to the newest master key, in one transaction; returns how many. Rows that
        somebody holds are left for another time, or waited for."""

    def give_up(self, key_id: int) -> int:
        """This master key is no more: what can be had anew goes, so that it is asked for anew. Returns how many."""


class DataKeys:
    name = "data keys"

    def _living(self) -> Any:
        return DataKey.objects.filter(destroyed_at=None).annotate(master=MasterKeyId("wrapped"))

    def in_use(self) -> set[int]:
        """One step in the index for each master key, however many data keys there are."""
        found: set[int] = set()
        last = b""
        while (head := self._ids().filter(master__gt=last).first()) is not None:
            last = bytes(head)
            found.add(_number(last))
        return found

    def _ids(self) -> Any:
        return self._living().order_by("master").values_list("master", flat=True)

    def counts(self) -> dict[int, int]:
        rows = self._living().values_list("master").annotate(Count("pk")).order_by("master")
        return {_number(bytes(head)): number for head, number in rows}

    def open_one(self, key_id: int) -> None:
        for key in self._living().filter(master=_head(key_id))[:1]:
            _ = key.secret

    @transaction.atomic
    def rewrap(self, limit: int, *, wait: bool) -> int:
        older = self._living().filter(master__lt=_head(crypto.newest_id()))
        # In no order: the index gives the next ones without looking at the rest. Whoever waits, waits in order.
        rows = list(
            older.order_by(*(["pk"] if wait else [])).select_for_update(skip_locked=not wait, no_key=True)[
                :limit
            ]
        )
        for key in rows:
            key.rewrap()
        with connection.cursor() as cursor:  # `bulk_update` takes three times as long
            cursor.execute(
                f"UPDATE {DataKey._meta.db_table} AS key SET wrapped = given.wrapped"  # noqa: S608  (a name of ours)
                " FROM unnest(%s::uuid[], %s::bytea[]) AS given (id, wrapped) WHERE key.id = given.id",
                [[key.pk for key in rows], [key.wrapped for key in rows]],
            )
        return len(rows)

    def give_up(self, key_id: int) -> int:
        """Nobody has a patient's data anew: the master key may still be found."""
        return 0


def _head(key_id: int) -> bytes:
    return key_id.to_bytes(2, "big")


def _number(head: bytes) -> int:
    return int.from_bytes(head, "big")


_registered: list[Wrapped] = [DataKeys()]
_indexes: list[Callable[[], bool]] = []


def register(what: Wrapped) -> None:
    """Called when the apps are ready."""
    if what not in _registered:
        _registered.append(what)


def registered() -> tuple[Wrapped, ...]:
    return tuple(_registered)


def register_index(fits: Callable[[], bool]) -> None:
    """Called when the apps are ready. `fits` makes one blind index anew and says whether it is the one that is
    stored; true where there is none."""
    if fits not in _indexes:
        _indexes.append(fits)


def indexes_fit() -> bool:
    return all(fits() for fits in _indexes)
