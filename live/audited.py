"""What is said on a connection leaves a row, where it opened or changed somebody's data, or was refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest

from core import audit
from core.errors import DomainError, MaybeSaved
from core.limits import client_address

_DENIALS = frozenset({401, 403, 404, 410, 429})


@contextmanager
def noted(scope: Mapping[str, Any], who: audit.Who, event: str) -> Iterator[None]:
    """A trail for one event, in the thread that handles it. Raises MaybeSaved where all is done but its row cannot be
    written: what was opened is not to be told then. Where it was refused, what the database says."""
    trail = audit.Trail(via="live", route=event, who=lambda: who, address=_address(scope))
    try:
        with audit.acting(trail):
            yield
    except DomainError as error:
        if who.id is not None and error.status in _DENIALS:
            audit.write_trail(trail, "refused", code=error.code)
        raise
    if concerned := trail.opened | trail.sealed:
        try:
            audit.write_trail(trail, "write" if trail.sealed else "read", subjects=concerned)
        except (DatabaseError, InterfaceError) as error:
            raise MaybeSaved from error


def note_refused(scope: Mapping[str, Any], who: audit.Who, code: str) -> None:
    """Somebody known may not connect."""
    trail = audit.Trail(via="live", route="connect", who=lambda: who, address=_address(scope))
    audit.write_trail(trail, "refused", code=code)


def _address(scope: Mapping[str, Any]) -> str:
    """As of a request, seen through as many proxies as are ours; '' where the server does not know."""
    if not scope.get("client"):
        return ""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = scope["client"][0]
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for":
            request.META["HTTP_X_FORWARDED_FOR"] = value.decode("latin1")
    return client_address(request)
