"""Forgetting, resetting and changing a password."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.forms import ResetPasswordForm, UserTokenForm
from allauth.core import ratelimit
from allauth.headless.internal.sessionkit import session_store
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services, sessions
from accounts.models import User
from core.api.limits import LimitedWrites
from core.errors import Refused, TooMany

HOUR = 3600


class ForgotPasswordSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)


class ResetPasswordSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(
        max_length=256, help_text="The last part of the link in the letter: all behind `/password/reset/`."
    )
    new_password = serializers.CharField(max_length=256, trim_whitespace=False)


class ChangePasswordSerializer(serializers.Serializer[Any]):
    current_password = serializers.CharField(max_length=256, trim_whitespace=False)
    new_password = serializers.CharField(max_length=256, trim_whitespace=False)


class Public(LimitedWrites):
    authentication_classes = ()
    permission_classes = (AllowAny,)


class ForgotPasswordView(Public):
    @extend_schema(
        operation_id="auth_forgot_password", request=ForgotPasswordSerializer, responses={204: None}
    )
    def post(self, request: Request) -> Response:
        """Send a letter with the link to choose a new password. The answer is the same whether there is an account
        or not."""
        ask_for_link(request)
        return Response(status=204)


class ResetPasswordView(Public):
    @extend_schema(operation_id="auth_reset_password", request=ResetPasswordSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Choose a new password by the link of the letter, which works once. All sessions end, and so does a lock of
        the account; then sign in."""
        sent = request.data if isinstance(request.data, dict) else {}
        if "key" not in sent and "email" in sent:  # as source 4 calls asking for the letter
            ask_for_link(request)
            return Response(status=204)
        given = ResetPasswordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user, key = user_of_link(given.validated_data["key"])
        services.reset_password(user=user, key=key, new_password=given.validated_data["new_password"])
        return Response(status=204)


@extend_schema(exclude=True)
class ResetPasswordConfirmView(ResetPasswordView):
    """As source 4 calls it."""


class ChangePasswordView(APIView):
    @extend_schema(
        operation_id="auth_change_password", request=ChangePasswordSerializer, responses={204: None}
    )
    def post(self, request: Request) -> Response:
        """Another password. The session that asks, and its tokens, stay as they are; all others end at once."""
        given = ChangePasswordSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        by_token = isinstance(request.auth, dict)
        session = request._request.session
        if by_token:
            session = session_store(sessions.key_of(request._request, request.auth))
        services.change_password(
            user=cast(User, request.user), session=session, new_key=not by_token, **given.validated_data
        )
        return Response(status=204)


def ask_for_link(request: Request) -> None:
    """Raises ValidationError, and TooMany when this address or this e-mail asked too often."""
    given = ForgotPasswordSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    form = ResetPasswordForm(given.validated_data)
    if not form.is_valid():
        raise Refused(str(form.errors["email"][0]), attr="email")
    key = form.cleaned_data["email"].lower()
    if not ratelimit.consume(request._request, action="reset_password", key=key):
        raise TooMany(retry_after=HOUR)
    form.save(request._request)


def user_of_link(key: str) -> tuple[User, str]:
    """Raises Refused `invalid_password_reset`."""
    uid, _dash, token = key.partition("-")
    form = UserTokenForm({"uidb36": uid, "key": token})
    if not form.is_valid():
        problem = form.non_field_errors() or ["?"]
        raise Refused(str(problem[0]), code="invalid_password_reset", attr="key")
    return form.reset_user, token
