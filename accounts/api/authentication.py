"""Apps say who they are by `Authorization: Bearer <access token>`."""

from __future__ import annotations

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import JWTTokenAuthentication
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from accounts import sessions
from accounts.second_factor import rule


class BearerAuthentication(JWTTokenAuthentication):
    """The token's session must be alive and its user active, on every request; and whoever works in a role that
    needs a second factor has one, or is setting it up."""

    def authenticate(self, request: Any) -> Any:
        known = super().authenticate(request)
        if known is not None:
            user, claims = known
            match = request._request.resolver_match
            rule.check(user, match.view_name if match else None)
            sessions.saw(request._request, str(sessions.key_of(request._request, claims)))
        return known


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"
    priority = 1

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
