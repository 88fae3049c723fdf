"""Who offers what: the list of professionals and each one's services."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny

from accounts.api.serializers import ProfessionalSerializer
from accounts.models import Professional
from accounts.selectors import listed_professionals, professional_by_slug
from bookings.api.outputs import ServiceSerializer
from bookings.selectors import services_of


class ProfessionalDetailSerializer(ProfessionalSerializer):
    services = serializers.SerializerMethodField()

    class Meta(ProfessionalSerializer.Meta):
        fields = [*ProfessionalSerializer.Meta.fields, "services"]

    def get_services(self, professional: Professional) -> ServiceSerializer(many=True):  # type: ignore[valid-type]
        return ServiceSerializer(services_of(professional), many=True).data


@extend_schema_view(
    get=extend_schema(
        operation_id="professionals_list",
        parameters=[
            OpenApiParameter("q", str, description="Words of the name, the specialty or the city."),
            OpenApiParameter("specialty", str, description="Slug of a specialty."),
            OpenApiParameter("city", str),
        ],
    )
)
class ProfessionalList(generics.ListAPIView[Professional]):
    """Listed professionals, by name."""

    permission_classes = [AllowAny]
    serializer_class = ProfessionalSerializer
    filter_backends: list[Any] = []

    def get_queryset(self) -> QuerySet[Professional]:
        asked = self.request.query_params
        return listed_professionals(
            query=asked.get("q", ""), specialty=asked.get("specialty", ""), city=asked.get("city", "")
        )


@extend_schema_view(get=extend_schema(operation_id="professionals_retrieve"))
class ProfessionalDetail(generics.RetrieveAPIView[Professional]):
    """A professional and the services that can be booked."""

    permission_classes = [AllowAny]
    serializer_class = ProfessionalDetailSerializer

    def get_object(self) -> Professional:
        return professional_by_slug(self.kwargs["slug"])
