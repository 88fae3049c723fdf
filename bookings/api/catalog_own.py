"""A practice's own services, offered or not. Only the professional comes here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api.outputs import ServiceSerializer
from bookings.api.people import own_practice
from bookings.models import Modality, Service
from bookings.selectors.catalog import own_service, own_services
from bookings.services import catalog
from core.actor import Actor
from core.api.fields import InstantField
from core.api.idempotency import Idempotent


class OwnServiceSerializer(ServiceSerializer):
    created_at = InstantField(read_only=True)

    class Meta(ServiceSerializer.Meta):
        fields = [
            *ServiceSerializer.Meta.fields,
            "buffer_before_minutes",
            "buffer_after_minutes",
            "is_active",
            "created_at",
        ]
        read_only_fields = fields


class ServiceInput(serializers.ModelSerializer[Service]):
    """The bounds are the model's; the rules among the values are the verbs' to say."""

    class Meta:
        model = Service
        fields = [
            "name",
            "slug",
            "description",
            "modality",
            "duration_minutes",
            "buffer_before_minutes",
            "buffer_after_minutes",
            "meeting_limit_minutes",
            "price",
            "currency",
            "is_active",
        ]
        extra_kwargs = {
            "slug": {
                "required": False,
                "help_text": "Last part of the page's address. Made of the name when first not given, then it stays.",
            },
            "description": {"default": ""},
            "modality": {"default": Modality.VIDEO},
            "duration_minutes": {"required": True, "help_text": "A multiple of 5."},
            "buffer_before_minutes": {"default": 0, "help_text": "Kept free before; patients do not see it."},
            "buffer_after_minutes": {"default": 0, "help_text": "Kept free after; patients do not see it."},
            "meeting_limit_minutes": {
                "help_text": "How long a call may run, at most the duration. When first not given, 18 or the "
                "duration; then it stays, and a shorter duration shortens it.",
            },
            "price": {
                "required": True,
                "min_value": 0,
                "help_text": "With no more decimals than its currency has; 0 is free.",
            },
            "currency": {"required": True, "min_length": 3, "help_text": "ISO 4217."},
            "is_active": {"default": True, "help_text": "Whether it can be booked."},
        }


class ServiceFilter(filters.FilterSet):
    is_active = filters.BooleanFilter()

    class Meta:
        model = Service
        fields: list[str] = []


@extend_schema_view(get=extend_schema(operation_id="services_list"))
class OwnServiceList(Idempotent, generics.ListAPIView[Service]):
    """All services of the practice: first those that can be booked, by length and name."""

    serializer_class = OwnServiceSerializer
    filterset_class = ServiceFilter
    queryset = Service.objects.none()

    def get_queryset(self) -> QuerySet[Service]:
        return own_services(own_practice(self.request))

    @extend_schema(
        operation_id="services_create", request=ServiceInput, responses={201: OwnServiceSerializer}
    )
    def post(self, request: Request) -> Response:
        practice = own_practice(request)
        given, actor = _given(request), Actor("professional", practice.user_id)
        service_id = self.once(
            request, lambda: catalog.add_service(professional=practice, actor=actor, **given).pk
        )
        return Response(OwnServiceSerializer(own_service(practice, service_id)).data, status=201)


class OwnServiceDetail(APIView):
    @extend_schema(operation_id="services_retrieve", responses=OwnServiceSerializer)
    def get(self, request: Request, service_id: UUID) -> Response:
        return Response(OwnServiceSerializer(own_service(own_practice(request), service_id)).data)

    @extend_schema(operation_id="services_update", request=ServiceInput, responses=OwnServiceSerializer)
    def put(self, request: Request, service_id: UUID) -> Response:
        """Writes all of it; address and meeting limit stay when not given. Bookings keep what was booked."""
        return self._change(request, service_id, partial=False)

    @extend_schema(
        operation_id="services_partial_update",
        request=ServiceInput(partial=True),
        responses=OwnServiceSerializer,
    )
    def patch(self, request: Request, service_id: UUID) -> Response:
        """Writes what is given; `is_active: true` offers a removed service again."""
        return self._change(request, service_id, partial=True)

    @extend_schema(operation_id="services_destroy", responses={204: None})
    def delete(self, request: Request, service_id: UUID) -> Response:
        """Nobody can book it any more; it stays in the list, and what is booked stays booked."""
        practice = own_practice(request)
        actor = Actor("professional", practice.user_id)
        catalog.remove_service(professional=practice, service_id=service_id, actor=actor)
        return Response(status=204)

    def _change(self, request: Request, service_id: UUID, *, partial: bool) -> Response:
        practice = own_practice(request)
        own_service(practice, service_id)  # what is not theirs is not found, whatever is sent
        service = catalog.change_service(
            professional=practice,
            service_id=service_id,
            actor=Actor("professional", practice.user_id),
            **_given(request, partial=partial),
        )
        return Response(OwnServiceSerializer(service).data)


def _given(request: Request, *, partial: bool = False) -> Any:
    asked = ServiceInput(data=request.data, partial=partial)
    asked.is_valid(raise_exception=True)
    return asked.validated_data
