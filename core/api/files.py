"""Files that the API answers with."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView


class _WhateverIsAccepted(DefaultContentNegotiation):
    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, first.media_type


class FileView(APIView):
    """Answers with a file. Whoever accepts nothing but its type (`Accept: application/pdf`) gets it too, and hears of
    mistakes in JSON, as everywhere."""

    content_negotiation_class = _WhateverIsAccepted
