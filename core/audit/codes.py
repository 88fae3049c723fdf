"""The codes that only the application can make: over a row, and over a seal.

`AUDIT_KEY` is one key, or several with their ids (`1:...,2:...`): the highest writes, and whatever any of them wrote is
ours. One alone, without an id, is key 1.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from django.conf import settings

from core import crypto


def mac_of(event: Any) -> bytes:
    """HMAC-SHA256 over everything the row says, in one canonical form; `event` has the columns of an AuditEvent. The
    number of the row and its seal are not part of it: they come later, and the seals cover them."""
    return _mac(_said(event), _newest())


def key_of(event: Any, *codes: bytes) -> list[int | None]:
    """For each code the id of the key with which it was made over what the row says; None: with none of ours."""
    said = _said(event)
    return [_key_of(said, code) for code in codes]


def mac_of_seal(digest: bytes) -> bytes:
    return _mac(b"seal" + digest, _newest())


def key_of_seal(digest: bytes, code: bytes) -> int | None:
    return _key_of(b"seal" + digest, code)


def parse_keys(text: str) -> dict[int, bytes]:
    """Id to key, the newest first. Raises ImproperlyConfigured, never with a key in it."""
    keys = crypto.parse_keys(text if ":" in text else f"1:{text}", "AUDIT_KEY")
    return dict(sorted(keys.items(), reverse=True))


def _said(event: Any) -> bytes:
    said = [
        event.at.isoformat(),
        event.action,
        str(event.actor_id or ""),
        event.role,
        event.via,
        event.route,
        event.address,
        event.request_id,
        event.object_type,
        event.object_id,
        [str(subject) for subject in event.subjects],
        event.facts,
    ]
    return _canonical(said).encode()


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def _mac(text: bytes, key: bytes) -> bytes:
    return hmac.digest(key, text, hashlib.sha256)


def _key_of(text: bytes, code: bytes) -> int | None:
    return next(
        (key_id for key_id, key in _ring(settings.AUDIT_KEY).items() if _mac(text, key) == code), None
    )


def _newest() -> bytes:
    return next(iter(_ring(settings.AUDIT_KEY).values()))


_ring = lru_cache(maxsize=4)(parse_keys)
