"""Signed tickets that open the WebSocket: a page hands one to its script, an app gets one with its answer.

Somebody without an account has it in the place of one. What somebody signed in gets is good only as long as that
sign-in is. A ticket is made of the characters that `Sec-WebSocket-Protocol` allows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer

_signer = Signer(salt="live.ticket", sep=".")


@dataclass(frozen=True)
class SignIn:
    """Whose it is, and which of the person's sessions; None: not one that is listed."""

    user_id: UUID
    session_id: int | None


@dataclass(frozen=True)
class Ticket:
    person: str
    expires_at: float
    sign_in: SignIn | None = None


def issue(person: str, max_age_seconds: int, sign_in: SignIn | None = None) -> str:
    """A ticket with which its bearer is `person` (such as "participant:<uuid>") for that long."""
    holder = [str(sign_in.user_id), sign_in.session_id] if sign_in else None
    return _signer.sign_object([person, int(time.time()) + max_age_seconds, holder])


def read(text: str) -> Ticket | None:
    """Who the ticket is for; None when it is no ticket of ours or is over."""
    try:
        person, expires_at, holder = _signer.unsign_object(text)
    except (BadSignature, ValueError, TypeError):
        return None
    if expires_at <= time.time():
        return None
    return Ticket(person, expires_at, SignIn(UUID(holder[0]), holder[1]) if holder else None)
