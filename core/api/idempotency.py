"""`Idempotency-Key` on what the API creates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.errors import Refused
from core.idempotency import once

HEADER = "Idempotency-Key"
# Long enough that nobody hits on another's: a UUID will do.
KEY = re.compile(r"[\x21-\x7e]{16,128}")

PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="16 to 128 characters of your own, such as a UUID: asked again within two days under the same key, "
    "nothing more is created, and the answer is about what was created first.",
)


class Idempotent(APIView):
    """A view that creates at most once for each key; who asks, the path and what was sent belong to it."""

    replayed = False

    def once(self, request: Request, act: Callable[[], UUID]) -> UUID:
        """The id of what `act` creates, or created before under the request's key.

        Raises Refused (`invalid_idempotency_key`), KeyReused, and what `act` raises.
        """
        key = request.headers.get(HEADER)
        if key is None:
            return act()
        if not KEY.fullmatch(key):
            raise Refused(
                _("The Idempotency-Key must have 16 to 128 visible ASCII characters."),
                code="invalid_idempotency_key",
                attr=HEADER,
            )
        who = request.user.pk or "guest"
        result, self.replayed = once(
            scope=f"{who} {request.method} {request.path}",
            key=key,
            content=json.dumps(request.data, sort_keys=True, default=str),
            act=act,
        )
        return result

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if self.replayed:
            answer["Idempotency-Replayed"] = "true"
        return answer
