"""The rate of public writes. DRF's own throttles let parallel requests through, hence not they."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.views import APIView

from core.limits import seconds_to_wait

READS = ("GET", "HEAD", "OPTIONS")


class LimitedWrites(APIView):
    """Counts writes by address, together for all views like this. Raises Throttled."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method not in READS:
            self._count(request)
        super().initial(request, *args, **kwargs)

    def _count(self, request: Request) -> None:
        wait = seconds_to_wait(request._request, group="api.public_writes", rate=settings.PUBLIC_WRITE_RATE)
        if wait:
            raise Throttled(wait=wait)
