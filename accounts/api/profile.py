"""What people say of themselves: `me/profile`, `me/email`, `me/photo`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, cast

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import email_change, selectors
from accounts.api.serializers import PhotoUrl, ProfessionalSerializer, UserSerializer
from accounts.models import Professional, Specialty, User
from accounts.pictures import LARGEST_FILE
from accounts.services import change_profile, remove_photo, save_photo
from core.api.fields import ZoneField
from core.errors import NotAllowed
from core.limits import require_within
from core.uploads import takes_file

PHOTO_RATE = "30/h"
WRITTEN = (
    "name",
    "specialties",
    "licence",
    "bio",
    "city",
    "country",
    "address",
    "languages",
    "timezone",
    "is_listed",
)


class OwnPracticeSerializer(ProfessionalSerializer):
    """The practice as its professional sees it; not `approved`: nobody finds it yet."""

    approved = serializers.SerializerMethodField()

    class Meta(ProfessionalSerializer.Meta):
        fields = [*ProfessionalSerializer.Meta.fields, "address", "is_listed", "approved"]

    def get_approved(self, professional: Professional) -> bool:
        return professional.approved_at is not None


class ProfileSerializer(serializers.ModelSerializer[User]):
    professional = serializers.SerializerMethodField(help_text="null for whoever is none.")

    class Meta:
        model = User
        fields = ["id", "email", "role", "name", "language", "timezone", "professional"]

    def get_professional(self, user: User) -> OwnPracticeSerializer(allow_null=True):  # type: ignore[valid-type]
        practice = selectors.own_practice(user)
        return OwnPracticeSerializer(practice).data if practice else None


class PracticeInput(serializers.ModelSerializer[Professional]):
    """What is not given stays as it is; address of the page and approval are not to be changed."""

    specialties = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=20, required=False, help_text="Slugs."
    )
    languages = serializers.ListField(
        child=serializers.CharField(max_length=8),
        max_length=12,
        required=False,
        help_text='Codes such as "es".',
    )
    timezone = ZoneField(required=False, help_text="IANA zone of the practice's wall times.")
    confirm_timezone = serializers.BooleanField(
        required=False,
        help_text="Where appointments are to come, another time zone has to be confirmed: hours keep what their "
        "clocks say, appointments and time off their moments.",
    )

    class Meta:
        model = Professional
        fields = [*WRITTEN, "confirm_timezone"]
        extra_kwargs = {"name": {"required": False}}

    def validate_specialties(self, slugs: list[str]) -> list[Specialty]:
        found = list(Specialty.objects.filter(slug__in=slugs))
        if len(found) < len({*slugs}):
            raise serializers.ValidationError(_("We do not know one of these specialties."), "does_not_exist")
        return found


class ProfileInput(serializers.ModelSerializer[User]):
    """What is not given stays as it is."""

    timezone = ZoneField(required=False, allow_blank=True, help_text='IANA zone; "" is that of the device.')
    professional = PracticeInput(required=False, help_text="Of professionals alone.")

    class Meta:
        model = User
        fields = ["name", "language", "timezone", "professional"]


class MyProfile(APIView):
    """The account, and of a professional the practice."""

    @extend_schema(operation_id="me_profile_retrieve", responses=ProfileSerializer)
    def get(self, request: Request) -> Response:
        return Response(ProfileSerializer(_me(request)).data)

    @extend_schema(operation_id="me_profile_update", request=ProfileInput, responses=ProfileSerializer)
    def put(self, request: Request) -> Response:
        """What is not given stays as it is."""
        return self._change(request)

    @extend_schema(
        operation_id="me_profile_partial_update",
        request=ProfileInput(partial=True),
        responses=ProfileSerializer,
    )
    def patch(self, request: Request) -> Response:
        """What is not given stays as it is."""
        return self._change(request)

    def _change(self, request: Request) -> Response:
        asked = ProfileInput(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        practice = asked.validated_data.pop("professional", None)
        user = change_profile(user=_me(request), account=asked.validated_data, practice=practice)
        return Response(ProfileSerializer(user).data)


class EmailInput(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    password = serializers.CharField(max_length=256, trim_whitespace=False, help_text="The current one.")


class EmailKeyInput(serializers.Serializer[Any]):
    key = serializers.CharField(max_length=2048, help_text="The last part of the link's path.")


class MyEmail(APIView):
    @extend_schema(operation_id="me_email", request=EmailInput, responses={202: None})
    def post(self, request: Request) -> Response:
        """Asks for another e-mail: a link goes to the new address, and nothing changes before it is opened. The
        answer is the same whether there is an account with that address or not."""
        given = EmailInput(data=request.data)
        given.is_valid(raise_exception=True)
        email_change.ask(request._request, user=_me(request), **given.validated_data)
        return Response(status=202)


class MyEmailConfirm(APIView):
    @extend_schema(operation_id="me_email_confirm", request=EmailKeyInput, responses=UserSerializer)
    def post(self, request: Request) -> Response:
        """From now on the account has the address that the link was sent to."""
        given = EmailKeyInput(data=request.data)
        given.is_valid(raise_exception=True)
        user = email_change.confirm(request._request, user=_me(request), key=given.validated_data["key"])
        return Response(UserSerializer(user).data)


class ImageBody(BaseParser):
    """The picture alone is the body."""

    media_type = "image/*"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, ContentFile[bytes]]:
        return {"photo": ContentFile(stream.read(), name="photo")}


class PhotoInput(serializers.Serializer[Any]):
    """The type is what the content says: JPEG, PNG or WebP of 5 MB at most."""

    photo = serializers.FileField(max_length=None)


class PhotoSerializer(serializers.Serializer[Professional]):
    photo_url = PhotoUrl()


@takes_file(largest=LARGEST_FILE)
class MyPhoto(APIView):
    """The picture of a professional."""

    parser_classes = (MultiPartParser, ImageBody)

    @extend_schema(
        operation_id="me_photo_update",
        request={
            "multipart/form-data": PhotoInput,
            "image/jpeg": OpenApiTypes.BINARY,
            "image/png": OpenApiTypes.BINARY,
            "image/webp": OpenApiTypes.BINARY,
        },
        responses=PhotoSerializer,
    )
    def put(self, request: Request) -> Response:
        """In the place of the one there was. It is cut to a square of 512 pixels, without what else the file says."""
        practice = _practice(request)
        require_within(request._request, group="photo", rate=PHOTO_RATE)
        given = PhotoInput(data=request.data)
        given.is_valid(raise_exception=True)
        practice.photo = save_photo(professional=practice, content=given.validated_data["photo"].read())
        return Response(PhotoSerializer(practice).data)

    @extend_schema(operation_id="me_photo_destroy", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Fine where there is none."""
        remove_photo(professional=_practice(request))
        return Response(status=204)


def _me(request: Request) -> User:
    return cast(User, request.user)


def _practice(request: Request) -> Professional:
    """Raises NotAllowed for everybody but professionals."""
    practice = selectors.own_practice(_me(request))
    if practice is None:
        raise NotAllowed
    return practice
