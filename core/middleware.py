"""What every request gets: an id, the visitor's zone, a page for a refusal, a looser policy for the admin."""

from __future__ import annotations

import re
import uuid
import zoneinfo
from collections.abc import Callable

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.errors import DomainError
from core.logs import request_id
from core.web import error_page
from core.zones import zone_names

GetResponse = Callable[[HttpRequest], HttpResponse]
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestId:
    """Takes the proxy's `X-Request-ID` when it looks like one, else makes one; answers and logs carry it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-ID", "")
        token = request_id.set(sent if _SAFE_ID.fullmatch(sent) else uuid.uuid4().hex)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            response.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
            return response
        finally:
            request_id.reset(token)


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
    """A rule that said no where no form could show it becomes a page with its words and status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return error_page(request, exception) if isinstance(exception, DomainError) else None
