"""Pages for what went wrong."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.errors import DomainError, Missing


def error_page(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The words of a refusal on a page of their own."""
    template = "404.html" if isinstance(error, Missing) else "error.html"
    return render(request, template, {"error": error}, status=error.status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", {"error": _("Not found.")}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
