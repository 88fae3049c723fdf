"""Doing something once, however often it is asked for: a phone that lost the answer asks again under the same key.

The key is kept in the transaction that does it: both are there, or neither. Whoever asks at the same time waits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.models import IdempotencyKey

KEPT = timedelta(hours=48)


class KeyReused(DomainError):
    """The key stands for another request already."""

    status = 422
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used for another request. Take a new one.")


def once(*, scope: str, key: str, content: str, act: Callable[[], UUID]) -> tuple[UUID, bool]:
    """What `act` made, and whether that was before. `scope` says who asks and what for, `content` what was sent.

    Raises KeyReused, and whatever `act` raises: then nothing is kept, and the key may be used again.
    """
    digest = hashlib.sha256(f"{scope}\n{key}".encode()).hexdigest()
    fingerprint = salted_hmac("idempotency", content, algorithm="sha256").hexdigest()
    with transaction.atomic():
        row, is_new = IdempotencyKey.objects.get_or_create(
            digest=digest, defaults={"fingerprint": fingerprint}
        )
        if is_new:
            row.result_id = act()
            row.save(update_fields=["result_id"])
    if row.fingerprint != fingerprint:
        raise KeyReused
    assert row.result_id is not None  # noqa: S101  (it is kept together with what was made)
    return row.result_id, not is_new


def forget_old() -> int:
    """Deletes the keys of more than two days ago; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=Now() - KEPT).delete()[0]
