"""The rate of public writes."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.views import APIView

from core.limits import count_public_write


class LimitedWrites(APIView):
    """Counts writes by address, together for all views and pages that anybody may write to. Raises TooMany."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        count_public_write(request._request)
        super().initial(request, *args, **kwargs)
