"""Appointments of all practices, for medical administration. What people write in them is between them and the
professional: it is not shown. The verbs are in the admin."""

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

from accounts.models import Role
from bookings.api.answers import context_of
from bookings.api.filters import BookingFilter
from bookings.api.outputs import (
    BookedPatientSerializer,
    BookingFactsSerializer,
    ReachableProfessionalSerializer,
)
from bookings.api.people import staff
from bookings.models import Booking, BookingEvent
from bookings.selectors.administration import booking_of_clinic, bookings_of_clinic, whole_ones
from core.api.fields import InstantField

READERS = frozenset({Role.MEDICAL_ADMIN})


class StaffBookingSerializer(BookingFactsSerializer):
    """A booking as medical administration sees it.

    `context["payments"]` holds the payments by booking id.
    """

    professional = ReachableProfessionalSerializer(read_only=True)
    patient = BookedPatientSerializer(read_only=True)
    accepted_at = InstantField(read_only=True, allow_null=True)

    class Meta(BookingFactsSerializer.Meta):
        fields = [*BookingFactsSerializer.Meta.fields, "accepted_at", "absent"]
        read_only_fields = fields


class BookingEventSerializer(serializers.ModelSerializer[BookingEvent]):
    at = InstantField(source="created_at", read_only=True)
    by = serializers.CharField(
        source="actor_kind", read_only=True, help_text="patient, professional, staff or system."
    )

    class Meta:
        model = BookingEvent
        fields = ["at", "verb", "from_status", "to_status", "by"]
        read_only_fields = fields


class StaffBookingDetailSerializer(StaffBookingSerializer):
    history = BookingEventSerializer(source="events", many=True, read_only=True, help_text="Earliest first.")

    class Meta(StaffBookingSerializer.Meta):
        fields = [*StaffBookingSerializer.Meta.fields, "history"]
        read_only_fields = fields


class StaffBookingFilter(BookingFilter):
    professional = filters.UUIDFilter(field_name="professional_id")
    reference = filters.CharFilter(lookup_expr="iexact", label=_("of one appointment"))


# `from` is a word of the language: what was put there by hand is not inherited.
StaffBookingFilter.base_filters["from"] = BookingFilter.base_filters["from"]


@extend_schema_view(get=extend_schema(operation_id="admin_bookings_list"))
class StaffBookingList(generics.ListAPIView[Booking]):
    """The latest first. Dates are those of the account's zone (UTC when it has none), both included."""

    serializer_class = StaffBookingSerializer
    filterset_class = StaffBookingFilter
    queryset = Booking.objects.none()

    def get_queryset(self) -> QuerySet[Booking]:
        staff(self.request, READERS)
        return bookings_of_clinic()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = self.filter_queryset(self.get_queryset())
        rows = whole_ones(self.paginate_queryset(found.values_list("pk", flat=True)) or [])
        serializer = StaffBookingSerializer(rows, many=True, context=context_of(rows))
        return self.get_paginated_response(serializer.data)


class StaffBookingDetail(APIView):
    @extend_schema(operation_id="admin_bookings_retrieve", responses=StaffBookingDetailSerializer)
    def get(self, request: Request, booking_id: UUID) -> Response:
        staff(request, READERS)
        booking = booking_of_clinic(booking_id)
        return Response(StaffBookingDetailSerializer(booking, context=context_of([booking])).data)
