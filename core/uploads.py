"""How large a body may be: small everywhere but where a view says that it takes a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.web import refusal

# What a form puts around a file.
ENVELOPE = 64 * 1024

V = TypeVar("V", bound=Callable[..., Any])


class TooLarge(DomainError):
    """The body is larger than its view takes."""

    status = 413
    code = "too_large"
    message = _("What was sent is too large.")


def takes_file(*, largest: int) -> Callable[[V], V]:
    """For a view (a function, or a class of the API) that takes a file of `largest` bytes."""

    def mark(view: V) -> V:
        view.largest_body = largest + ENVELOPE  # type: ignore[attr-defined]
        return view

    return mark


class BodyLimit:
    """Answers 413 before anything of a body is read; `KnownLength` has seen that it says its length."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_arguments: Any) -> HttpResponse | None:
        taken = getattr(getattr(view, "cls", view), "largest_body", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        length = request.META.get("CONTENT_LENGTH") or "0"
        return refusal(request, TooLarge()) if not length.isdigit() or int(length) > taken else None
