"""`GET notifications`, `POST notifications/{id}/read`: what the app has to tell the signed-in user."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from notifications.models import Notification
from notifications.selectors import notifications_of
from notifications.services import mark_read
from notifications.wording import words_of


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """`title` and `message` are in the user's language; `payload` depends on `kind`."""

    title = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()
    payload = serializers.DictField(read_only=True)

    class Meta:
        model = Notification
        fields = ["id", "kind", "title", "message", "payload", "read_at", "created_at"]
        read_only_fields = fields

    def get_title(self, notification: Notification) -> str:
        return words_of(notification.kind, notification.payload).title

    def get_message(self, notification: Notification) -> str:
        return words_of(notification.kind, notification.payload).message


class NotificationFilter(filters.FilterSet):
    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label="not read yet")


class NotificationList(generics.ListAPIView[Notification]):
    """The signed-in user's notifications, newest first; `unread=true` leaves out what was read."""

    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    queryset = Notification.objects.none()

    def get_queryset(self) -> QuerySet[Notification]:
        return notifications_of(self.request.user)  # type: ignore[arg-type]  # the default permission: signed in

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with translation.override(request.user.language):  # type: ignore[union-attr]
            return super().list(request, *args, **kwargs)


class NotificationRead(APIView):
    """Marks one as read. Repeating it changes nothing."""

    @extend_schema(request=None, responses=NotificationSerializer)
    def post(self, request: Request, notification_id: UUID) -> Response:
        notification = mark_read(user=request.user, notification_id=notification_id)  # type: ignore[arg-type]
        with translation.override(request.user.language):  # type: ignore[union-attr]
            return Response(NotificationSerializer(notification).data)
