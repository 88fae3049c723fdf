"""One row for each request that touched a patient's data, wrote something, or was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from core.audit.events import Fact, write_trail
from core.audit.trail import NOBODY_KNOWN, Trail, Who, acting, current
from core.limits import READS, client_address, seconds_to_wait
from core.web import is_api

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_REFUSALS = frozenset({401, 403, 404, 410, 429})
# Whoever is nobody we know can be refused as often as they like, but does not fill the audit with it.
_REFUSALS_OF_NOBODY = "20/h"


class Audit:
    """Stands after whoever knows who asks. When its row cannot be written, the answer does not go out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = _user(request)
        trail = Trail(
            via=_way(request),
            # Who signs out is still who did it.
            who=lambda: now if (now := _user(request)) != NOBODY_KNOWN else before,
            method=request.method or "",
            address=client_address(request),
            request_id=request.request_id,  # type: ignore[attr-defined]
        )
        with acting(trail):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _watched(response.streaming_content, request, response, trail)  # type: ignore[arg-type]
        else:
            _note(request, response, trail)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        trail = current()
        if trail is not None and request.resolver_match is not None:
            trail.route = request.resolver_match.view_name


def _note(request: HttpRequest, response: HttpResponseBase, trail: Trail) -> None:
    action = _action(request, response, trail)
    if action is None:
        return
    facts: dict[str, Fact] = {"method": trail.method, "status": response.status_code}
    if action == "refused" and trail.refusal:
        facts["code"] = trail.refusal
    write_trail(trail, action, object_id=_object_id(request), **facts)


def _action(request: HttpRequest, response: HttpResponseBase, trail: Trail) -> str | None:
    is_known = trail.who() != NOBODY_KNOWN
    if response.status_code in _REFUSALS or (trail.refusal and 300 <= response.status_code < 400):
        return "refused" if trail.route and (is_known or _may_note_nobody(request)) else None
    if trail.sealed or (is_known and request.method not in READS):
        return "write"
    return "read" if trail.opened else None


def _may_note_nobody(request: HttpRequest) -> bool:
    return not seconds_to_wait(request, group="audited_refusals", rate=_REFUSALS_OF_NOBODY)


def _object_id(request: HttpRequest) -> str:
    """What the address names, where that is no secret."""
    match = request.resolver_match
    for value in match.kwargs.values() if match else ():
        if isinstance(value, UUID | int):
            return str(value)
        try:
            return str(UUID(str(value)))
        except ValueError:
            continue
    return ""


def _watched(
    content: Iterable[bytes], request: HttpRequest, response: HttpResponseBase, trail: Trail
) -> Iterator[bytes]:
    """What is opened while an answer flows out belongs to the request too."""
    chunks = iter(content)
    try:
        while True:
            with acting(trail):
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk
    finally:
        _note(request, response, trail)


def _way(request: HttpRequest) -> str:
    if is_api(request):
        return "api"
    return "admin" if request.path.startswith("/admin/") else "page"


def _user(request: HttpRequest) -> Who:
    user = request.user
    return Who(user.pk, user.role) if user.is_authenticated else NOBODY_KNOWN
