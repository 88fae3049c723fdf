"""Signed webhooks of the form `t=<unix seconds>,v1=<hex HMAC-SHA256 of "{t}.{raw body}">`."""

from __future__ import annotations

import hashlib
import hmac
import time

from payments.gateways.base import BadSignature

TOLERANCE_SECONDS = 300


def sign(secret: str, raw_body: bytes, timestamp: int) -> str:
    return f"t={timestamp},v1={_digest(secret, raw_body, str(timestamp))}"


def verify(secret: str, raw_body: bytes, header: str) -> None:
    """Raises BadSignature when the header is not ours for this body, or older (or newer) than the tolerance."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    timestamp = next((value for name, _, value in parts if name == "t"), "")
    expected = _digest(secret, raw_body, timestamp).encode()
    given = [value.encode() for name, _, value in parts if name == "v1"]
    if not any(hmac.compare_digest(expected, value) for value in given):
        raise BadSignature("the signature does not fit the body")
    try:
        age = abs(time.time() - int(timestamp))
    except ValueError as error:
        raise BadSignature("the timestamp is no number") from error
    if age > TOLERANCE_SECONDS:
        raise BadSignature("signed too long ago")


def _digest(secret: str, raw_body: bytes, timestamp: str) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + raw_body, hashlib.sha256).hexdigest()
