"""Leaving: what will happen, and the two ways."""

from __future__ import annotations

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.services import leaving
from core.errors import Refused


class OwnPasswordSerializer(serializers.Serializer[Any]):
    password = serializers.CharField(max_length=256, trim_whitespace=False)


class WhatWillHappenSerializer(serializers.Serializer[Any]):
    consequences = serializers.ListField(
        child=serializers.CharField(), help_text="For people, in sentences: appointments to come, and money."
    )
    hindrance = serializers.CharField(
        allow_null=True, help_text="The code of why you cannot leave now: `in_a_meeting`, `last_it_admin`."
    )


class DeactivateView(APIView):
    @extend_schema(operation_id="me_deactivate", request=OwnPasswordSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Deactivate your account: appointments to come are cancelled soon after, all sessions end at once, and only
        staff let you in again."""
        leaving.deactivate_own(user=cast(User, request.user), password=_password(request))
        return Response(status=204)


class CloseView(APIView):
    @extend_schema(operation_id="me_close_preview", responses=WhatWillHappenSerializer)
    def get(self, request: Request) -> Response:
        """What deactivating or deleting your account would do now."""
        user, hindrance = cast(User, request.user), None
        try:
            leaving.require_possible(user)
        except Refused as refusal:
            hindrance = refusal.code
        known = {"consequences": leaving.foretell(user), "hindrance": hindrance}
        return Response(WhatWillHappenSerializer(known).data)

    @extend_schema(operation_id="me_close", request=OwnPasswordSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Delete your account, for good: as deactivating, and your name, e-mail and ways to sign in are erased. What
        took place stays with the practices."""
        leaving.close_own(user=cast(User, request.user), password=_password(request))
        return Response(status=204)


def _password(request: Request) -> str:
    given = OwnPasswordSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    return str(given.validated_data["password"])
