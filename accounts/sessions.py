"""Where a person is signed in: listing it, and the one way to end it. A bearer token lives in a session too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.core.internal.httpkit import HTTP_USER_AGENT_MAX_LENGTH
from allauth.headless.tokens.strategies.jwt.internal import session_key_from_sid
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from core import audit
from core.errors import Missing

# "Last seen" is as old as this at most: a write for every request would be for nobody.
SEEN_AGAIN_AFTER = timedelta(minutes=5)

Listener = Callable[[UUID], None]


class OnEnded:
    """Who wants to know, after the commit, that a person's sessions ended: given the person's id."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def register(self, listener: Listener) -> None:
        if listener not in self._listeners:
            self._listeners.append(listener)

    def tell(self, user_id: UUID) -> None:
        for listener in self._listeners:
            listener(user_id)


on_ended = OnEnded()


def sessions_of(user: User) -> QuerySet[UserSession]:
    """Those that are alive, the last seen first."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return UserSession.objects.filter(user=user, session_key__in=alive).order_by("-last_seen_at", "-pk")


def is_signed_in(user: User, session_id: int | None) -> bool:
    """Whether that session of the person is alive; one that is not listed (None) ends with the account alone."""
    return session_id is None or sessions_of(user).filter(pk=session_id).exists()


def id_of(request: HttpRequest, claims: object = None) -> int | None:
    """Of the session that asks, as `sessions_of` lists it; None when it does not."""
    asking = UserSession.objects.filter(session_key=key_of(request, claims) or "")
    return asking.values_list("pk", flat=True).first()


def end_sessions(user: User, *, but: str | None = None) -> None:
    """Signs the person out everywhere, pages and apps, at once; the session with the key `but` stays."""
    _end(user, UserSession.objects.filter(user=user).exclude(session_key=but or ""))


def end_session(user: User, session_id: int) -> None:
    """Raises Missing when the person has no such session."""
    found = UserSession.objects.filter(user=user, pk=session_id)
    if not found.exists():
        raise Missing
    _end(user, found)


def tell_ended(user_id: UUID) -> None:
    """For whoever ended a session by other means (signing out): what is still open for it closes."""
    transaction.on_commit(partial(on_ended.tell, user_id))


def key_of(request: HttpRequest, claims: object = None) -> str | None:
    """The key of the session that asks: the one of its token (`claims`), else of its cookie."""
    sid = claims.get("sid") if isinstance(claims, dict) else None
    return session_key_from_sid(sid) if sid else request.session.session_key


def saw(request: HttpRequest, session_key: str) -> None:
    """Remembers that the session was used just now, from where and with what."""
    if not cache.add(f"session.seen:{session_key}", 1, timeout=SEEN_AGAIN_AFTER.total_seconds()):
        return
    address = get_adapter().get_client_ip(request)
    device = request.META.get("HTTP_USER_AGENT", "")[:HTTP_USER_AGENT_MAX_LENGTH]
    UserSession.objects.filter(session_key=session_key).update(
        last_seen_at=timezone.now(), ip=address, user_agent=device
    )


def _end(user: User, sessions: QuerySet[UserSession]) -> None:
    with transaction.atomic():
        keys = list(sessions.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
        if keys:
            audit.record("session.ended", object=user, count=len(keys))
        tell_ended(user.pk)
