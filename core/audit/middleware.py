"""One row for each request that touched a patient's data, wrote something, or was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from core.audit.events import MOST_SUBJECTS, Fact, write_trail
from core.audit.trail import NOBODY_KNOWN, Trail, Who, acting, current
from core.audit.unwritten import told
from core.limits import READS, client_address, seconds_to_wait
from core.web import is_api

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# They show nothing of what was opened on the way to saying no.
_DENIALS = frozenset({401, 403, 404, 405, 410, 429})
# Whoever is nobody we know can be refused as often as they like, but does not fill the audit with it.
_REFUSALS_OF_NOBODY = "20/h"
# So much of a download waits for its row.
_PARTS = 200


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
        if isinstance(response, StreamingHttpResponse):
            if response.is_async:
                raise NotImplementedError("What a download opens asynchronously would not be noted.")
            response.streaming_content = _flow(iter(response), request, response, trail)
        else:
            with told(request, response, trail):
                _note(request, response, trail)
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        # The trail asks the request who it is: were it kept on the request too, nobody but the garbage collector
        # could free the two and all that hangs on them.
        trail = current()
        if trail is not None and request.resolver_match is not None:
            trail.route = request.resolver_match.view_name


def _note(request: HttpRequest, response: HttpResponseBase, trail: Trail) -> None:
    if not trail.route and request.resolver_match is not None:
        trail.route = request.resolver_match.view_name  # refused before the view's turn, as by CSRF
    action = _action(request, response, trail)
    if action is None:
        return
    facts: dict[str, Fact] = {"method": trail.method, "status": response.status_code}
    if trail.refusal and action == "refused":
        facts["code"] = trail.refusal
    concerned = _shown(response, trail) | _changed(response, trail)
    write_trail(trail, action, subjects=concerned, object_id=_object_id(request), **facts)


def _action(request: HttpRequest, response: HttpResponseBase, trail: Trail) -> str | None:
    is_known = trail.who() != NOBODY_KNOWN
    if _said_no(response, trail):
        is_worth_it = is_known or _shown(response, trail) or _may_note_nobody(request, response)
        return "refused" if trail.route and is_worth_it else None
    if trail.sealed or (is_known and request.method not in READS and not trail.is_look):
        return "write"
    return "read" if _shown(response, trail) else None


def _said_no(response: HttpResponseBase, trail: Trail) -> bool:
    """Also by leading elsewhere, or for want of a free connection; a mistake of ours may have done half of it."""
    return 400 <= response.status_code < 500 or (bool(trail.refusal) and response.status_code >= 300)


def _shown(response: HttpResponseBase, trail: Trail) -> set[UUID]:
    """Nothing, where somebody was led elsewhere, told that nothing is new, or kept out. A form that was not good enough
    comes back with all that is around it."""
    status = response.status_code
    says_something = 200 <= status < 300 and status != 204
    says_more_than_no = 400 <= status < 500 and status not in _DENIALS
    return trail.opened if says_something or says_more_than_no else set()


def _changed(response: HttpResponseBase, trail: Trail) -> set[UUID]:
    return set() if _said_no(response, trail) else trail.sealed


def _may_note_nobody(request: HttpRequest, response: HttpResponseBase) -> bool:
    view = getattr(request.resolver_match and request.resolver_match.func, "cls", None)
    if response.status_code not in _DENIALS or getattr(view, "counts_refusals", False):
        return False
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


def _flow(
    parts: Iterator[bytes], request: HttpRequest, response: HttpResponseBase, trail: Trail
) -> Iterator[bytes]:
    """What is opened while a download flows out belongs to the request too, and goes out when its row is written."""
    is_first = True
    while True:
        with acting(trail):
            ready = _some(parts, trail)
        if is_first or trail.opened:
            _note(request, response, trail)
        if not ready:
            return
        yield from ready
        trail.opened, trail.sealed, is_first = set(), set(), False


def _some(parts: Iterator[bytes], trail: Trail) -> list[bytes]:
    """As many as one row speaks of."""
    ready: list[bytes] = []
    for part in islice(parts, _PARTS):
        ready.append(part)
        if len(trail.opened) >= MOST_SUBJECTS:
            break
    return ready


def _way(request: HttpRequest) -> str:
    if is_api(request):
        return "api"
    return "admin" if request.path.startswith("/admin/") else "page"


def _user(request: HttpRequest) -> Who:
    user = request.user
    return Who(user.pk, user.role) if user.is_authenticated else NOBODY_KNOWN
