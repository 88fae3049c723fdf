"""What every request gets: an id, the visitor's zone, an answer for a refusal, a looser policy for the admin."""

from __future__ import annotations

import re
import uuid
import zoneinfo
from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from core.errors import LengthRequired, WrongMethod, as_domain_error
from core.logs import is_secret, request_id
from core.web import is_api, refusal
from core.zones import zone_names

GetResponse = Callable[[HttpRequest], HttpResponse]
_SESSION_KEY = re.compile(r"[a-z0-9]{1,64}")


class RequestId:
    """Answers, logs and the audit carry it. Nobody else chooses it: what a patient reads of who opened their record
    goes by it, and the `X-Request-ID` that a gateway sends is the gateway's own."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        token = request_id.set(request.request_id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
            return response
        finally:
            request_id.reset(token)


def is_session_key(text: str) -> bool:
    """Could it be one? What could not (a NUL byte) is not for the database to see."""
    return _SESSION_KEY.fullmatch(text) is not None


class SaneCookies:
    """Forgets a session cookie that cannot be ours."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_session_key(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return self.get_response(request)


class KnownLength:
    """Refuses bodies in chunks, which Django would take for empty ones."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return refusal(request, LengthRequired())
        return self.get_response(request)


class PageMethods:
    """Pages are read and sent; only the API knows more methods. Whoever opens the address of a form reads why not."""

    methods = ("GET", "HEAD", "POST", "OPTIONS")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_api(request):
            return self.get_response(request)
        if request.method not in self.methods:
            return HttpResponseNotAllowed(self.methods)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            page = refusal(request, WrongMethod())
            page["Allow"] = response["Allow"]
            return page
        return response


class NoCopies:
    """Nobody keeps a copy of what was for one person: not the browser of a shared computer, which would show it by
    its Back button after the person has left, nor anything on the way. Views that know better say so themselves."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_for_one = is_api(request) or is_secret(request.path) or request.user.is_authenticated
        response = self.get_response(request)
        if is_for_one and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


class VisitorZone:
    """Pages show times in the zone of the visitor's device (cookie `tz`), else of the account."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone = known_zone(request.COOKIES.get("tz", ""))
        if zone is None and request.user.is_authenticated:
            zone = known_zone(request.user.timezone)
        request.visitor_zone = zone  # type: ignore[attr-defined]
        with timezone.override(zone or zoneinfo.ZoneInfo(settings.TIME_ZONE)):
            return self.get_response(request)


def known_zone(name: str) -> zoneinfo.ZoneInfo | None:
    return zoneinfo.ZoneInfo(name) if name in zone_names() else None


class AdminPolicy:
    """The admin's interface evaluates strings and sets styles: the policy is relaxed there and nowhere else."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_replace = {  # type: ignore[attr-defined]
                "script-src": [SELF, UNSAFE_EVAL],
                "style-src": [SELF, UNSAFE_INLINE],
                "default-src": [NONE],
            }
        return response


class DomainErrors:
    """A rule that said no where no form could show it, and a database that is busy, become a page with words."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        error = as_domain_error(exception)
        return refusal(request, error) if error else None
