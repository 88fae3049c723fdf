from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Professional, Role, Specialty, User


class UserSerializer(serializers.ModelSerializer[User]):
    professional_id = serializers.SerializerMethodField(
        help_text="The professional that this user is, for users in that role."
    )

    class Meta:
        model = User
        fields = ["id", "email", "name", "role", "language", "timezone", "professional_id"]

    def get_professional_id(self, user: User) -> UUID | None:
        if user.role != Role.PROFESSIONAL:
            return None
        professional: Professional | None = getattr(user, "professional", None)
        return professional.pk if professional else None


class SpecialtySerializer(serializers.ModelSerializer[Specialty]):
    name = serializers.CharField(read_only=True, help_text="In the language of the request.")

    class Meta:
        model = Specialty
        fields = ["slug", "name"]


@extend_schema_field({"type": "string", "format": "uri", "nullable": True})
class PhotoUrl(serializers.ReadOnlyField):
    """Where the picture is; null for none. Another picture has another address."""

    def to_representation(self, path: str) -> str | None:
        return settings.PUBLIC_URL + path if path else None


class ProfessionalSerializer(serializers.ModelSerializer[Professional]):
    """What anybody may see of a professional."""

    specialties = SpecialtySerializer(many=True, read_only=True)
    languages = serializers.ListField(child=serializers.CharField(), read_only=True)
    photo_url = PhotoUrl()

    class Meta:
        model = Professional
        fields = [
            "id",
            "slug",
            "name",
            "specialties",
            "city",
            "country",
            "languages",
            "timezone",
            "bio",
            "licence",
            "photo_url",
        ]


class CredentialsSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False)
    code = serializers.CharField(
        max_length=32,
        required=False,
        default="",
        allow_blank=True,
        help_text="Of the app, or a recovery code, where the account asks for two steps.",
    )


class SignedInSerializer(serializers.Serializer[Any]):
    access = serializers.CharField(help_text="Bearer token, good for five minutes.")
    refresh = serializers.CharField(help_text="Counts once: each refresh gives a new one.")
    user = UserSerializer()


class RefreshSerializer(serializers.Serializer[Any]):
    refresh = serializers.CharField(max_length=4096)


class TokensSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class LogoutSerializer(serializers.Serializer[Any]):
    refresh = serializers.CharField(max_length=4096, required=False)
