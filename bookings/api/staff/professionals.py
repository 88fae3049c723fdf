"""Professionals, for staff: all of them, and whether they may sign in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.serializers import SpecialtySerializer
from accounts.models import STAFF_ROLES, Professional, Role
from bookings.api.people import staff
from bookings.selectors.administration import professional_of_clinic, professionals_of_clinic
from bookings.selectors.bookings import appointments_to_come
from core.api.fields import InstantField


class StaffProfessionalSerializer(serializers.ModelSerializer[Professional]):
    email = serializers.EmailField(source="user.email", read_only=True)
    is_active = serializers.BooleanField(source="user.is_active", read_only=True, help_text="May sign in.")
    last_sign_in = InstantField(source="user.last_login", read_only=True, allow_null=True)
    specialties = SpecialtySerializer(many=True, read_only=True)
    approved_at = InstantField(read_only=True, allow_null=True)
    created_at = InstantField(read_only=True)

    class Meta:
        model = Professional
        fields = [
            "id",
            "slug",
            "name",
            "email",
            "is_active",
            "is_listed",
            "approved_at",
            "licence",
            "specialties",
            "city",
            "country",
            "timezone",
            "last_sign_in",
            "created_at",
        ]
        read_only_fields = fields


class StaffProfessionalDetailSerializer(StaffProfessionalSerializer):
    languages = serializers.ListField(child=serializers.CharField(), read_only=True)
    appointments_to_come = serializers.SerializerMethodField(help_text="Asked for or agreed, and not over.")

    class Meta(StaffProfessionalSerializer.Meta):
        fields = [
            *StaffProfessionalSerializer.Meta.fields,
            "bio",
            "address",
            "languages",
            "appointments_to_come",
        ]
        read_only_fields = fields

    def get_appointments_to_come(self, professional: Professional) -> int:
        return appointments_to_come(professional)


class StatusInput(serializers.Serializer[dict[str, Any]]):
    is_active = serializers.BooleanField(help_text="Whether the professional may sign in.")
    cancel_bookings = serializers.BooleanField(
        default=False, help_text="When deactivated: the appointments to come are cancelled, soon after."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["is_active"] and attrs["cancel_bookings"]:
            raise serializers.ValidationError(
                {"cancel_bookings": _("Appointments are only cancelled for who is deactivated.")},
                code="not_deactivated",
            )
        return attrs


class StaffProfessionalFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label=_("words of the name, slug, e-mail or licence"))
    is_active = filters.BooleanFilter(field_name="user__is_active")
    is_listed = filters.BooleanFilter()
    approved = filters.BooleanFilter(field_name="approved_at", lookup_expr="isnull", exclude=True)
    specialty = filters.CharFilter(field_name="specialties__slug", label=_("slug of a specialty"))

    class Meta:
        model = Professional
        fields: list[str] = []

    def search(self, found: QuerySet[Professional], name: str, text: str) -> QuerySet[Professional]:
        return found & professionals_of_clinic(text)


@extend_schema_view(get=extend_schema(operation_id="admin_professionals_list"))
class StaffProfessionalList(generics.ListAPIView[Professional]):
    """All professionals by name, listed or not. For all staff of the clinic."""

    serializer_class = StaffProfessionalSerializer
    filterset_class = StaffProfessionalFilter
    queryset = Professional.objects.none()

    def get_queryset(self) -> QuerySet[Professional]:
        staff(self.request, STAFF_ROLES)
        return professionals_of_clinic()


class StaffProfessionalDetail(APIView):
    @extend_schema(operation_id="admin_professionals_retrieve", responses=StaffProfessionalDetailSerializer)
    def get(self, request: Request, professional_id: UUID) -> Response:
        staff(request, STAFF_ROLES)
        return Response(_answer(professional_id))


class StaffProfessionalStatus(APIView):
    """IT administration lets a professional sign in, or puts them out at once."""

    @extend_schema(
        operation_id="admin_professionals_status",
        request=StatusInput,
        responses=StaffProfessionalDetailSerializer,
    )
    def put(self, request: Request, professional_id: UUID) -> Response:
        by = staff(request, frozenset({Role.IT_ADMIN}))
        professional = professional_of_clinic(professional_id)
        asked = StatusInput(data=request.data)
        asked.is_valid(raise_exception=True)
        services.set_active(
            user_id=professional.user_id,
            active=asked.validated_data["is_active"],
            by=by,
            cancel_bookings=asked.validated_data["cancel_bookings"],
        )
        return Response(_answer(professional_id))

    @extend_schema(
        operation_id="admin_professionals_status_change",
        request=StatusInput,
        responses=StaffProfessionalDetailSerializer,
    )
    def patch(self, request: Request, professional_id: UUID) -> Response:
        """The same: there is one thing to say."""
        return self.put(request, professional_id)


def _answer(professional_id: UUID) -> dict[str, Any]:
    return dict(StaffProfessionalDetailSerializer(professional_of_clinic(professional_id)).data)
