"""Where one is signed in."""

from __future__ import annotations

from typing import cast

from allauth.usersessions.models import UserSession
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import sessions
from accounts.devices import device_in_words
from accounts.models import User


class SessionSerializer(serializers.ModelSerializer[UserSession]):
    device = serializers.SerializerMethodField(help_text='In words: "Firefox on Windows".')
    address = serializers.IPAddressField(source="ip", read_only=True)
    current = serializers.SerializerMethodField(help_text="The session of this request.")

    class Meta:
        model = UserSession
        fields = ["id", "device", "address", "created_at", "last_seen_at", "current"]
        read_only_fields = fields

    def get_device(self, session: UserSession) -> str:
        return device_in_words(session.user_agent)

    def get_current(self, session: UserSession) -> bool:
        return bool(session.session_key == self.context["current"])


class SessionsView(APIView):
    @extend_schema(operation_id="auth_sessions", responses=SessionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Where you are signed in, pages and apps, the last seen first."""
        current = sessions.key_of(request._request, request.auth)
        found = sessions.sessions_of(cast(User, request.user))
        return Response(SessionSerializer(found, many=True, context={"current": current}).data)

    @extend_schema(operation_id="auth_sessions_end_others", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out everywhere but here."""
        sessions.end_sessions(cast(User, request.user), but=sessions.key_of(request._request, request.auth))
        return Response(status=204)


class SessionView(APIView):
    @extend_schema(operation_id="auth_session_end", responses={204: None})
    def delete(self, request: Request, session_id: int) -> Response:
        """Sign out there, at once."""
        sessions.end_session(cast(User, request.user), session_id)
        return Response(status=204)
