"""Signed tickets that open the WebSocket for somebody without an account: a page hands one to its script.

A ticket is made of the characters that `Sec-WebSocket-Protocol` allows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer

_signer = Signer(salt="live.ticket", sep=".")


@dataclass(frozen=True)
class Ticket:
    person: str
    expires_at: float


def issue(person: str, max_age_seconds: int) -> str:
    """A ticket with which its bearer is `person` (such as "participant:<uuid>") for that long."""
    return _signer.sign_object([person, int(time.time()) + max_age_seconds])


def read(text: str) -> Ticket | None:
    """Who the ticket is for; None when it is no ticket of ours or is over."""
    try:
        person, expires_at = _signer.unsign_object(text)
    except (BadSignature, ValueError, TypeError):
        return None
    return Ticket(person, expires_at) if expires_at > time.time() else None
