"""Registering by the API. What is known of an address is said in letters alone."""

from __future__ import annotations

from typing import Any

from allauth.headless.constants import Client
from allauth.headless.internal.decorators import mark_request_as_headless
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services, verification
from accounts.api.serializers import SignedInSerializer
from accounts.countries import is_country
from accounts.first_sign_in import sign_in_with_temporary_password
from accounts.models import Role, Specialty
from accounts.sign_in import limit
from core.api.fields import ZoneField
from core.api.limits import LimitedWrites

OPEN_ROLES = [(role.value, role.label) for role in (Role.PATIENT, Role.PROFESSIONAL)]


class EmailField(serializers.EmailField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)


class PasswordField(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=256, trim_whitespace=False, **kwargs)


class KnownSpecialty(serializers.SlugRelatedField[Specialty]):
    def to_internal_value(self, data: Any) -> Specialty:
        """What the database cannot be asked for (a NUL byte) is no specialty either."""
        if "\0" in str(data):
            self.fail("does_not_exist", slug_name=self.slug_field, value=data)
        return super().to_internal_value(data)


class PracticeSerializer(serializers.Serializer[Any]):
    """What a professional may say of the practice."""

    city = serializers.CharField(max_length=80, required=False)
    country = serializers.CharField(max_length=2, required=False, help_text="ISO 3166-1, such as CO.")
    timezone = ZoneField(required=False, help_text="Of a professional's opening hours.")

    def validate_country(self, code: str) -> str:
        if not is_country(code.upper()):
            raise serializers.ValidationError(_("Unknown country."), code="unknown_country")
        return code.upper()


class RegisterSerializer(PracticeSerializer):
    role = serializers.ChoiceField(choices=OPEN_ROLES, default=Role.PATIENT.value)
    email = EmailField()
    password = PasswordField()
    name = serializers.CharField(max_length=120)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    licence = serializers.CharField(max_length=60, required=False, help_text="Of a professional.")
    specialties = KnownSpecialty(
        slug_field="slug", many=True, queryset=Specialty.objects.all(), required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["role"] == Role.PROFESSIONAL and "timezone" not in attrs:
            needed = {"timezone": self.fields["timezone"].error_messages["required"]}
            raise serializers.ValidationError(needed, code="required")
        return attrs


class JoinSerializer(PracticeSerializer):
    registration_token = serializers.CharField(max_length=500)
    email = EmailField()
    full_name = serializers.CharField(max_length=120)
    license_number = serializers.CharField(max_length=60)
    specialty = serializers.CharField(max_length=60, help_text="Its name or its slug.")
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)


class VerifySerializer(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=500, help_text="What stands in the link after /email/confirm/.")
    password = PasswordField(
        required=False, help_text="Of the account, unless the request is signed in as its owner."
    )


class AddressSerializer(serializers.Serializer[Any]):
    email = EmailField()


class FirstSignInSerializer(serializers.Serializer[Any]):
    email = EmailField()
    temporary_password = PasswordField()
    new_password = PasswordField()
    code = serializers.CharField(
        max_length=32, required=False, help_text="Of a second factor, where the account has one."
    )


class RegisterView(LimitedWrites):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="auth_register", request=RegisterSerializer, responses={202: None})
    def post(self, request: Request) -> Response:
        """Register as a patient or a professional. The answer is the same whether the address is known or not; a
        letter says the rest. The account opens once its address is confirmed."""
        given = RegisterSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        details = {"language": _language()} | given.validated_data
        limit(request._request, "signup", key=details["email"].lower())
        if details.pop("role") == Role.PROFESSIONAL:
            services.register_professional(**details)
        else:
            wanted = ("email", "password", "name", "language", "timezone")
            services.register_patient(**{name: details[name] for name in wanted if name in details})
        return Response(status=202)


class JoinView(LimitedWrites):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="auth_register_medical_professional", request=JoinSerializer, responses={202: None}
    )
    def post(self, request: Request) -> Response:
        """Register by the token that IT issued: once. A temporary password is sent to the address."""
        given = JoinSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        limit(request._request, "signup", key=data["email"].lower())
        services.register_medical_professional(
            token=data["registration_token"],
            email=data["email"],
            name=data["full_name"],
            licence=data["license_number"],
            specialty=data["specialty"],
            timezone=data.get("timezone", ""),
            language=data.get("language", _language()),
            city=data.get("city", ""),
            country=data.get("country", ""),
        )
        return Response(status=202)


class VerifyEmailView(LimitedWrites):
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="auth_verify_email", request=VerifySerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Confirm the address by the key in the letter's link, and sign in after."""
        given = VerifySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        asked = request._request
        limit(asked, "login")
        mark_request_as_headless(asked, Client.APP)
        verification.confirm(asked, **given.validated_data)
        return Response(status=204)


class ResendVerificationView(LimitedWrites):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(operation_id="auth_resend_verification", request=AddressSerializer, responses={202: None})
    def post(self, request: Request) -> Response:
        """Send the link once more. The answer is the same whatever is known of the address."""
        given = AddressSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        email = given.validated_data["email"]
        limit(request._request, "signup", key=email.lower())
        services.resend_confirmation(email=email, language=_language())
        return Response(status=202)


class LoginTemporaryView(LimitedWrites):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="auth_login_temporary", request=FirstSignInSerializer, responses=SignedInSerializer
    )
    def post(self, request: Request) -> Response:
        """The first sign-in: a password of one's own takes the place of the temporary one, which is spent."""
        given = FirstSignInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        signed_in = sign_in_with_temporary_password(request._request, **given.validated_data)
        return Response(SignedInSerializer(signed_in).data)


def _language() -> str:
    return (get_language() or "es").partition("-")[0]
