"""Tokens of apps: allauth's JWTs, whose refresh token counts once."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy, internal
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.audited import who_is
from accounts.models import User
from accounts.sessions import tell_ended
from core import audit

# A double tap, or an app that lost the answer on a bad line and asks again, gets the same answer.
GRACE_SECONDS = 10
_SPENT = "spent_refresh_tokens"

Pair = tuple[str, str]


class SingleUseRefreshStrategy(JWTTokenStrategy):
    """A refresh token is exchanged once. Whoever comes with a spent one after the grace has a copy of somebody's
    token: the session ends, for both.

    The session's row is locked meanwhile, so that parallel requests take turns; what was spent is kept in the
    session itself, so that nothing but the database decides.
    """

    def refresh_token(self, refresh_token: str) -> Pair | None:
        payload = internal.decode_token(refresh_token, "refresh")
        if payload is None:
            return None
        with transaction.atomic():
            _lock(payload)
            session = internal.get_token_session(payload)
            if session is None:
                return None
            return self._exchange(refresh_token, payload, session)

    def _exchange(self, refresh_token: str, payload: dict[str, Any], session: SessionBase) -> Pair | None:
        user = internal.validate_token_user(payload, session)
        spent = _recently_spent(session)
        if user is not None and payload["jti"] in spent:
            successor = spent[payload["jti"]][1]
            return internal.create_access_token(user, session, self.get_claims(user)), successor
        if internal.validate_refresh_token(refresh_token) is None:
            if user is not None:
                audit.record("refresh_token.reused", object=user)
            _end(session, payload)
            return None
        internal.invalidate_refresh_token(session, payload)
        successor = internal.create_refresh_token(user, session)
        session[_SPENT] = spent | {payload["jti"]: [time.time(), successor]}
        session.save()
        return internal.create_access_token(user, session, self.get_claims(user)), successor


def end_session(token: str, use: str) -> None:
    """Ends the session that a live token (`use`: "access" or "refresh") belongs to; a dead one does nothing."""
    payload = internal.decode_token(token, use)
    session = internal.get_token_session(payload) if payload else None
    if payload is not None and session is not None:
        user = User.objects.only("role").get(pk=payload["sub"])
        audit.record("session.signed_out", who=who_is(user), object=user)
        _end(session, payload)


def _end(session: SessionBase, payload: dict[str, Any]) -> None:
    session.flush()
    tell_ended(UUID(payload["sub"]))


def _lock(payload: dict[str, Any]) -> None:
    key = internal.session_key_from_sid(payload["sid"])
    Session.objects.select_for_update().filter(session_key=key).first()


def _recently_spent(session: SessionBase) -> dict[str, Any]:
    """Spent token id -> [when, its successor], within the grace."""
    since = time.time() - GRACE_SECONDS
    return {jti: kept for jti, kept in session.get(_SPENT, {}).items() if kept[0] > since}
