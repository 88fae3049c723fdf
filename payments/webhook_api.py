"""Where gateways report: no sign-in, the signature speaks. Kept out of the schema: no client of ours calls it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.errors import DomainError, Refused
from core.limits import require_within
from payments.gateways.base import BadSignature, MalformedWebhook
from payments.services import inbox

MAX_BYTES = 64 * 1024


class TooLarge(DomainError):
    status = 413
    code = "too_large"
    message = _("The body is too large.")


class Unsigned(DomainError):
    status = 401
    code = "bad_signature"
    message = _("The signature does not fit.")


@extend_schema(exclude=True)
class WebhookView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    counts_refusals = True  # by gateway and day: forged reports leave nothing else, in the audit neither

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Answers JSON whatever the gateway says it accepts: a 406 would only be tried again."""
        return super().perform_content_negotiation(request, force=True)

    def post(self, request: Request, provider: str) -> Response:
        require_within(request._request, group="webhooks", rate=settings.WEBHOOK_RATE)
        raw_body = request._request.read(MAX_BYTES + 1)
        if len(raw_body) > MAX_BYTES:
            raise TooLarge
        try:
            inbox.receive(
                provider=provider, headers=request.headers, raw_body=raw_body, query=request.query_params
            )
        except BadSignature as error:
            raise Unsigned from error
        except MalformedWebhook as error:
            raise Refused(_("This is no event we understand."), code="malformed") from error
        return Response({"received": True})
