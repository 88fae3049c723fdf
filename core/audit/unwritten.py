"""When a row cannot be written any more: what the person reads must not promise what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.audit.trail import Trail
from core.errors import MaybeSaved
from core.limits import READS


@contextmanager
def told(request: HttpRequest, response: HttpResponseBase, trail: Trail) -> Iterator[None]:
    """Around what writes the row of a request that has its answer. The answer does not go out without; but what was
    asked for has been done, unless the answer was no. Raises MaybeSaved."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        is_write = bool(trail.sealed) or (request.method not in READS and not trail.is_look)
        if is_write and response.status_code < 400 and not trail.refusal:
            raise MaybeSaved from error
        raise
