"""allauth's flows speak to `request.session`; an app's session is the one that its token names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from allauth.core.exceptions import ReauthenticationRequired
from allauth.headless.constants import Client
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.headless.tokens.strategies.jwt import internal
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from accounts.reauthentication import PasswordNeeded
from accounts.sessions import key_of


@contextmanager
def own_session(request: Request) -> Iterator[HttpRequest]:
    """The request as its person's, in the session of its token or cookie. One change of an app's session at a time:
    its row is locked, for refreshing its tokens writes there too."""
    inner = request._request
    mark_request_as_headless(inner, Client.APP)
    with password_first():
        if isinstance(request.auth, dict):
            with _session_of_token(request, inner):
                yield inner
        else:
            yield inner


@contextmanager
def password_first() -> Iterator[None]:
    """What asks for a recent proof says so in our own shape."""
    try:
        yield
    except ReauthenticationRequired as error:
        raise PasswordNeeded from error


@contextmanager
def _session_of_token(request: Request, inner: HttpRequest) -> Iterator[None]:
    user, session = inner.user, inner.session
    with transaction.atomic():
        Session.objects.select_for_update().filter(session_key=key_of(inner, request.auth)).first()
        found = internal.get_token_session(request.auth)
        if found is None:
            raise NotAuthenticated
        inner.user, inner.session = cast(AbstractBaseUser, request.user), found  # type: ignore[assignment]
        try:
            yield
            if found.modified:
                found.save()
        finally:
            inner.user, inner.session = user, session
