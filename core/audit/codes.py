"""The codes that only the application can make: over a row, and over a seal."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def mac_of(event: Any) -> bytes:
    """HMAC-SHA256 over everything the row says, in one canonical form; `event` has the columns of an AuditEvent. The
    number of the row and its seal are not part of it: they come later, and the seals cover them."""
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
    return _mac(_canonical(said).encode())


def mac_of_seal(digest: bytes) -> bytes:
    return _mac(b"seal" + digest)


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def _mac(text: bytes) -> bytes:
    return hmac.digest(_key(settings.AUDIT_KEY), text, hashlib.sha256)


@lru_cache(maxsize=4)
def _key(encoded: str) -> bytes:
    """Raises ImproperlyConfigured, never with the key in it."""
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured("AUDIT_KEY must be base64 of 32 bytes.")
    return key
