from __future__ import annotations

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.authentication import get_authorization_header
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import sign_in, tokens
from accounts.api.serializers import (
    CredentialsSerializer,
    LogoutSerializer,
    RefreshSerializer,
    SignedInSerializer,
    TokensSerializer,
    UserSerializer,
)
from accounts.models import User


class LoginView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="auth_login", request=CredentialsSerializer, responses=SignedInSerializer)
    def post(self, request: Request) -> Response:
        """Sign in. A wrong e-mail and a wrong password answer the same: 401 `invalid_credentials`. An account in two
        steps asks for `code` (401 `second_factor_required`); a code counts once (401 `invalid_code`)."""
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        signed_in = sign_in.sign_in(request._request, **credentials.validated_data)
        return Response(SignedInSerializer(signed_in).data)


class RefreshView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="auth_refresh", request=RefreshSerializer, responses=TokensSerializer)
    def post(self, request: Request) -> Response:
        """Exchange the refresh token for new ones. A token that comes again, later than a double tap would, was
        copied: its session ends, and 401 `token_not_valid` is the answer to everybody."""
        given = RefreshSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        access, refresh = sign_in.refresh(request._request, refresh_token=given.validated_data["refresh"])
        return Response(TokensSerializer({"access": access, "refresh": refresh}).data)


class LogoutView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="auth_logout", request=LogoutSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """End the session of the bearer token, of the refresh token, or both. Dead tokens are fine."""
        given = LogoutSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        scheme, _, bearer = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() == "bearer":
            tokens.end_session(bearer.strip(), "access")
        tokens.end_session(given.validated_data.get("refresh", ""), "refresh")
        return Response(status=204)


class MeView(APIView):
    @extend_schema(operation_id="auth_me", responses=UserSerializer)
    def get(self, request: Request) -> Response:
        """Who is signed in."""
        return Response(UserSerializer(cast(User, request.user)).data)
