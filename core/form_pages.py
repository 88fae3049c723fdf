"""What pages with a form share: one reads them or sends to them, and their status says whether to try again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict
from django.views.decorators.http import require_http_methods

read_or_send = require_http_methods(["GET", "HEAD", "POST"])


def typed(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form; None where nothing was."""
    return request.POST if request.method == "POST" else None


def status_of(form: Any) -> int:
    return 400 if form.errors else 200
