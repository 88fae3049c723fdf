"""AES-256-GCM envelopes: `version (1) | key id (2) | nonce (12) | ciphertext and tag`.

Two levels: the installation's master keys (`FIELD_KEYS`) wrap data keys; a data key seals fields. Each
envelope is bound to a place by associated data, so that a ciphertext moved to another row or column
does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32
HEAD_BYTES = 3


class DecryptError(Exception):
    """A sealed value cannot be opened: wrong or missing key, altered data, or another row's ciphertext."""


def parse_keys(text: str, name: str = "FIELD_KEYS") -> dict[int, bytes]:
    """`"1:<base64>,2:<base64>"` to key id -> 32 bytes. Raises ImproperlyConfigured, never with a key in it."""
    keys: dict[int, bytes] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        key_id, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not key_id.isdigit() or not 0 < int(key_id) < 65536 or len(key) != KEY_BYTES:
            raise ImproperlyConfigured(f"{name} must be `<id>:<base64 of 32 bytes>`, separated by commas.")
        if int(key_id) in keys:
            raise ImproperlyConfigured(f"{name} names key {int(key_id)} twice.")
        keys[int(key_id)] = key
    if not keys:
        raise ImproperlyConfigured(f"{name} holds no key.")
    return keys


@lru_cache(maxsize=4)
def _master_keys(text: str) -> dict[int, AESGCM]:
    return {key_id: AESGCM(key) for key_id, key in parse_keys(text).items()}


def new_data_key() -> bytes:
    return os.urandom(KEY_BYTES)


def master_ids() -> frozenset[int]:
    """Of the master keys that we have. Raises ImproperlyConfigured."""
    return frozenset(_master_keys(settings.FIELD_KEYS))


def newest_id() -> int:
    """Of the master key that wraps: the highest. Raises ImproperlyConfigured."""
    return max(master_ids())


def master_id_of(envelope: bytes) -> int:
    """Which master key wrapped this."""
    return int.from_bytes(envelope[1:HEAD_BYTES], "big")


def head_of(key_id: int) -> bytes:
    """How everything begins that this master key wrapped."""
    return VERSION + key_id.to_bytes(2, "big")


def wrap(data_key: bytes, place: bytes) -> bytes:
    """A data key under the newest master key."""
    key_id = newest_id()
    return _seal(_master_keys(settings.FIELD_KEYS)[key_id], key_id, data_key, place)


def unwrap(envelope: bytes, place: bytes) -> bytes:
    """The data key again. Raises DecryptError."""
    ring = _master_keys(settings.FIELD_KEYS)
    key_id = master_id_of(envelope)
    if key_id not in ring:
        raise DecryptError(f"Master key {key_id} is not in FIELD_KEYS.")
    return _open(ring[key_id], envelope, place)


def seal(text: str, data_key: bytes, place: bytes) -> bytes:
    return _seal(AESGCM(data_key), 0, text.encode(), place)


def unseal(envelope: bytes, data_key: bytes, place: bytes) -> str:
    """The text again. Raises DecryptError."""
    return _open(AESGCM(data_key), envelope, place).decode()


def _seal(cipher: AESGCM, key_id: int, plain: bytes, place: bytes) -> bytes:
    head = head_of(key_id)
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + cipher.encrypt(nonce, plain, head + place)


def _open(cipher: AESGCM, envelope: bytes, place: bytes) -> bytes:
    head, body = envelope[:HEAD_BYTES], envelope[HEAD_BYTES:]
    if head[:1] != VERSION:
        raise DecryptError("Unknown version of a sealed value.")
    try:
        return cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], head + place)
    except InvalidTag:
        raise DecryptError(
            "A sealed value does not open: wrong key, altered, or moved from its row."
        ) from None


def normalize(value: str) -> str:
    """The form under which two spellings of one e-mail or phone count as equal."""
    return unicodedata.normalize("NFKC", value).strip().casefold()


def blind_index(value: str, purpose: str) -> str:
    """Keyed digest for equality search over sealed values: 32 hex characters, '' for nothing."""
    text = normalize(value)
    if not text:
        return ""
    key = base64.b64decode(settings.BLIND_INDEX_KEY)
    return hmac.new(key, f"{purpose}|{text}".encode(), hashlib.sha256).hexdigest()[:32]
