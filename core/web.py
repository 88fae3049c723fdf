"""Answers for what went wrong: a page, or the API's own shape under its paths."""

from __future__ import annotations

import logging
import sys

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit import trail as audit
from core.errors import Busy, DomainError, MaybeSaved, Missing, NotAllowed, TooMany, as_domain_error

log = logging.getLogger(__name__)

SORRY = gettext_lazy("Something went wrong. Please try again.")


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The words of a refusal on a page of their own, or as the API says them."""
    audit.refused(error.code)
    if isinstance(error, Busy | MaybeSaved):
        log.error("database busy", extra={"error": _kind_of(error), "code": error.code})
    if is_api(request):
        response: HttpResponse = _json(error.code, str(error), error.status, attr=error.attr)
    else:
        response = render(request, error.page, {"error": error}, status=error.status)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    return response


def say_no(request: HttpRequest, error: DomainError) -> None:
    """The words of a refusal for the page that somebody is led on to."""
    audit.refused(error.code)
    messages.error(request, str(error))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    audit.refused(NotAllowed.code)
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    audit.refused(Missing.code)
    return render(request, "404.html", {"error": _("Not found.")}, status=404)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """For allauth, whose own limits ask the project for such a page."""
    return refusal(request, TooMany())


def server_error(request: HttpRequest) -> HttpResponse:
    """For what no view and no middleware could answer; Django has logged it."""
    error = as_domain_error(sys.exc_info()[1])
    if error is not None:
        return refusal(request, error)
    if is_api(request):
        return _json("error", str(SORRY), 500)
    return render(request, "500.html", status=500)


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _json(code: str, detail: str, status: int, attr: str | None = None) -> JsonResponse:
    """The shape of `core.api.exceptions`, outside of its reach."""
    kind = "server_error" if status >= 500 else "client_error"
    return JsonResponse(
        {"type": kind, "errors": [{"code": code, "detail": detail, "attr": attr}]}, status=status
    )


def _kind_of(error: DomainError) -> str:
    """The database's own name for it, as LockNotAvailable; its words may hold personal data."""
    cause = sys.exc_info()[1]
    return type(getattr(cause, "__cause__", None) or cause or error).__name__
