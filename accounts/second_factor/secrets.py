"""Secrets of authenticators: sealed with the installation's master key wherever they lie."""

from __future__ import annotations

import base64

from core import crypto

_PLACE = b"mfa.authenticator"


def seal(text: str) -> str:
    return base64.b64encode(crypto.wrap(text.encode(), _PLACE)).decode()


def unseal(sealed: str) -> str:
    """Raises core.crypto.DecryptError."""
    return crypto.unwrap(base64.b64decode(sealed), _PLACE).decode()
