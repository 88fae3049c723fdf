"""Sign-in in two steps, for apps: codes and recovery codes. Passkeys are for pages."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.adapter import get_adapter
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.own_session import own_session
from accounts.models import User
from accounts.reauthentication import confirm_password
from accounts.second_factor import verbs
from accounts.second_factor.forms import AddAppForm, new_secret
from accounts.second_factor.rule import lacks_second_factor
from core.errors import Refused, TooMany


class TwoStepSerializer(serializers.Serializer[Any]):
    app = serializers.BooleanField(help_text="An app that shows codes is set up.")
    passkeys = serializers.IntegerField()
    recovery_codes_left = serializers.IntegerField()
    required_for_role = serializers.BooleanField(
        help_text="The role asks for a second factor, and there is none yet."
    )


class PasswordSerializer(serializers.Serializer[Any]):
    password = serializers.CharField(
        max_length=256,
        trim_whitespace=False,
        required=False,
        default="",
        help_text="Of the account; left out by accounts that have none.",
    )


class AppSecretSerializer(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="To be typed into the app.")
    uri = serializers.CharField(help_text="The same as an otpauth:// address, for a QR code.")


class FirstCodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=32)


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    recovery_codes = serializers.ListField(
        child=serializers.CharField(), help_text="Shown this once. Empty: those of before still count."
    )


class TotpView(APIView):
    @extend_schema(operation_id="auth_totp", responses=TwoStepSerializer)
    def get(self, request: Request) -> Response:
        """What is set up for signing in in two steps."""
        user = cast(User, request.user)
        found = {
            "app": verbs.app_of(user) is not None,
            "passkeys": verbs.passkeys_of(user).count(),
            "recovery_codes_left": verbs.recovery_codes_left(user),
            "required_for_role": lacks_second_factor(user),
        }
        return Response(TwoStepSerializer(found).data)

    @extend_schema(
        operation_id="auth_totp_begin", request=PasswordSerializer, responses={200: AppSecretSerializer}
    )
    def post(self, request: Request) -> Response:
        """Begin to set up an app: a secret for it. Nothing counts before `PUT` proves that the app has it."""
        user = cast(User, request.user)
        password = _given(request)
        if verbs.app_of(user) is not None:
            raise verbs.already_set_up()
        with own_session(request) as own:
            confirm_password(own, user, password)
            secret = new_secret()
        uri = get_adapter().build_totp_url(user, secret)
        return Response(AppSecretSerializer({"secret": secret, "uri": uri}).data)

    @extend_schema(
        operation_id="auth_totp_confirm", request=FirstCodeSerializer, responses=RecoveryCodesSerializer
    )
    def put(self, request: Request) -> Response:
        """The first code of the app, within five minutes: from now on sign-in asks for one. All other sessions end."""
        given = FirstCodeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        user = cast(User, request.user)
        with own_session(request) as own:
            form = AddAppForm({"code": given.validated_data["code"]}, user=user)
            if not form.is_valid():
                raise _refusal(form)
            codes = verbs.add_app(own, user, form)
        return Response(RecoveryCodesSerializer({"recovery_codes": codes}).data)

    @extend_schema(operation_id="auth_totp_remove", request=PasswordSerializer, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Take the app away; without a passkey, sign-in asks for one step again."""
        password = _given(request)
        with own_session(request) as own:
            confirm_password(own, cast(User, request.user), password)
            verbs.remove_app(own, cast(User, request.user))
        return Response(status=204)


class RecoveryCodesView(APIView):
    @extend_schema(
        operation_id="auth_recovery_codes",
        request=PasswordSerializer,
        responses={200: RecoveryCodesSerializer},
    )
    def post(self, request: Request) -> Response:
        """Ten new recovery codes; those of before count no more."""
        password = _given(request)
        with own_session(request) as own:
            confirm_password(own, cast(User, request.user), password)
            codes = verbs.new_recovery_codes(own, cast(User, request.user))
        return Response(RecoveryCodesSerializer({"recovery_codes": codes}).data)


def _given(request: Request) -> str:
    given = PasswordSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    return str(given.validated_data["password"])


def _refusal(form: AddAppForm) -> Exception:
    error = next(iter(form.errors.as_data().values()))[0]
    if error.code == "too_many_login_attempts":
        return TooMany()
    code = "invalid_code" if error.code == "incorrect_code" else error.code
    return Refused(" ".join(error.messages), code=code or "invalid", attr="code")
