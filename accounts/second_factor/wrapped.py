"""The secrets of second factors, for the rotation of master keys (`core.keys`)."""

from __future__ import annotations

import base64

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Substr

from accounts.second_factor import secrets
from core import crypto

# What allauth seals, by the kind of factor: an app's secret, the seed of recovery codes.
_SEALED = ("secret", "seed")
# So many characters of base64 are the head of an envelope, which names its master key.
_HEAD = crypto.HEAD_BYTES * 4 // 3


class Authenticators:
    name = "second factors"

    def _rows(self) -> QuerySet[Authenticator]:
        head = Substr(Coalesce(*(KT(f"data__{name}") for name in _SEALED)), 1, _HEAD)
        return Authenticator.objects.annotate(head=head).exclude(head=None)

    def in_use(self) -> set[int]:
        return {*self.counts()}

    def counts(self) -> dict[int, int]:
        rows = self._rows().values_list("head").annotate(Count("pk")).order_by()
        return {crypto.master_id_of(base64.b64decode(head)): number for head, number in rows}

    def open_one(self, key_id: int) -> None:
        for row in self._rows().filter(head=_head(key_id))[:1]:
            for name in _sealed_in(row):
                secrets.unseal(row.data[name])

    @transaction.atomic
    def rewrap(self, limit: int, *, wait: bool) -> int:
        older = self._rows().exclude(head=_head(crypto.newest_id())).order_by("pk")
        rows = list(older.select_for_update(skip_locked=not wait, no_key=True)[:limit])
        for row in rows:
            row.data |= {name: secrets.seal(secrets.unseal(row.data[name])) for name in _sealed_in(row)}
        Authenticator.objects.bulk_update(rows, ["data"])
        return len(rows)

    def give_up(self, key_id: int) -> int:
        """Whoever must have one is asked to set it up at the next sign-in."""
        lost = list(self._rows().filter(head=_head(key_id)).values_list("pk", flat=True))
        Authenticator.objects.filter(pk__in=lost).delete()
        return len(lost)


def _sealed_in(row: Authenticator) -> list[str]:
    return [name for name in _SEALED if name in row.data]


def _head(key_id: int) -> str:
    return base64.b64encode(crypto.head_of(key_id)).decode()
