"""A practice's time off, and which appointments lie inside. Only the professional comes here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api.people import own_practice
from bookings.domain.days_off import days_of, whole_days
from bookings.domain.lengths import LINE
from bookings.models import Booking, TimeOff
from bookings.selectors.availability import bookings_inside, time_off_of, times_off_of
from bookings.services import time_off
from core.actor import Actor
from core.api.fields import EARLIEST, LATEST, InstantField
from core.api.idempotency import PARAMETER, Idempotent


class DayField(serializers.DateField):
    default_error_messages = {"overflow": _("This date is out of range.")}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not EARLIEST.date() <= day < LATEST.date():
            self.fail("overflow")
        return day


class BookingInsideSerializer(serializers.ModelSerializer[Booking]):
    starts_at = InstantField(read_only=True)
    ends_at = InstantField(read_only=True)

    class Meta:
        model = Booking
        fields = ["id", "reference", "status", "starts_at", "ends_at"]
        read_only_fields = fields


class TimeOffSerializer(serializers.ModelSerializer[TimeOff]):
    """`context["inside"]` holds the bookings by time off."""

    starts_at = InstantField(read_only=True)
    ends_at = InstantField(read_only=True)
    first_day = serializers.SerializerMethodField(help_text="Where it is made of whole days; else null.")
    last_day = serializers.SerializerMethodField(help_text="Included; null like `first_day`.")
    bookings = serializers.SerializerMethodField(
        help_text="What was agreed for this time and is still to come: to be moved or cancelled by hand."
    )

    class Meta:
        model = TimeOff
        fields = ["id", "starts_at", "ends_at", "first_day", "last_day", "reason", "bookings"]
        read_only_fields = fields

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_first_day(self, off: TimeOff) -> date | None:
        days = _days(off)
        return days and days[0]

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_last_day(self, off: TimeOff) -> date | None:
        days = _days(off)
        return days and days[1]

    @extend_schema_field(BookingInsideSerializer(many=True))
    def get_bookings(self, off: TimeOff) -> Any:
        return BookingInsideSerializer(self.context["inside"][off.pk], many=True).data


def _days(off: TimeOff) -> tuple[date, date] | None:
    return days_of(off.starts_at, off.ends_at, off.professional.zone)


class TimeOffInput(serializers.Serializer[Any]):
    """Either two moments, or whole days in the practice's zone; `last_day` is `first_day` when not given."""

    starts_at = InstantField(required=False)
    ends_at = InstantField(required=False)
    first_day = DayField(required=False)
    last_day = DayField(required=False, help_text="Included.")
    reason = serializers.CharField(max_length=LINE, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        moments, days = attrs.keys() & {"starts_at", "ends_at"}, attrs.keys() & {"first_day", "last_day"}
        one = _("Give either moments or whole days.")
        if moments and days:
            raise serializers.ValidationError({"first_day": one}, code="moments_or_days")
        if days and "first_day" not in attrs:
            raise serializers.ValidationError({"first_day": self._required()}, code="required")
        if not self.partial and not days and len(moments) < 2:
            missing = "ends_at" if "starts_at" in attrs else "starts_at"
            raise serializers.ValidationError({missing: self._required()}, code="required")
        return attrs

    def _required(self) -> Any:
        return self.fields["reason"].error_messages["required"]

    def given(self, zone: ZoneInfo) -> dict[str, Any]:
        """What was sent, as moments."""
        given = dict(self.validated_data)
        first, last = given.pop("first_day", None), given.pop("last_day", None)
        if first is not None:
            given["starts_at"], given["ends_at"] = whole_days(first, last or first, zone)
        return given


class TimeOffFilter(filters.FilterSet):
    ended = filters.BooleanFilter(method="by_end", label=_("false: only what is now or to come"))

    class Meta:
        model = TimeOff
        fields: list[str] = []

    def by_end(self, rows: QuerySet[TimeOff], name: str, ended: bool) -> QuerySet[TimeOff]:
        now = timezone.now()
        return rows.filter(ends_at__lte=now) if ended else rows.filter(ends_at__gt=now)


@extend_schema_view(get=extend_schema(operation_id="availability_time_off_list"))
class TimeOffList(Idempotent, generics.ListAPIView[TimeOff]):
    """When the practice is away, the earliest first."""

    serializer_class = TimeOffSerializer
    filterset_class = TimeOffFilter
    queryset = TimeOff.objects.none()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        found = self.filter_queryset(times_off_of(own_practice(request)))
        return self.get_paginated_response(_answers(self.paginate_queryset(found) or []))

    @extend_schema(
        operation_id="availability_time_off_create",
        parameters=[PARAMETER],
        request=TimeOffInput,
        responses={201: TimeOffSerializer},
    )
    def post(self, request: Request) -> Response:
        """Closes a stretch of time. What is booked inside stays, and is told in `bookings`."""
        practice = own_practice(request)
        actor, given = Actor("professional", practice.user_id), _given(request, practice.zone)
        add = time_off.add_time_off
        off_id = self.once(request, lambda: add(professional=practice, actor=actor, **given).pk)
        return Response(_answers([time_off_of(practice, off_id)])[0], status=201)


class TimeOffDetail(APIView):
    @extend_schema(operation_id="availability_time_off_retrieve", responses=TimeOffSerializer)
    def get(self, request: Request, time_off_id: UUID) -> Response:
        return Response(_answers([time_off_of(own_practice(request), time_off_id)])[0])

    @extend_schema(
        operation_id="availability_time_off_update", request=TimeOffInput, responses=TimeOffSerializer
    )
    def put(self, request: Request, time_off_id: UUID) -> Response:
        return self._change(request, time_off_id, partial=False)

    @extend_schema(
        operation_id="availability_time_off_partial_update",
        request=TimeOffInput(partial=True),
        responses=TimeOffSerializer,
    )
    def patch(self, request: Request, time_off_id: UUID) -> Response:
        return self._change(request, time_off_id, partial=True)

    @extend_schema(operation_id="availability_time_off_destroy", responses={204: None})
    def delete(self, request: Request, time_off_id: UUID) -> Response:
        practice = own_practice(request)
        actor = Actor("professional", practice.user_id)
        time_off.remove_time_off(professional=practice, actor=actor, time_off_id=time_off_id)
        return Response(status=204)

    def _change(self, request: Request, time_off_id: UUID, *, partial: bool) -> Response:
        practice = own_practice(request)
        time_off_of(practice, time_off_id)  # before what is wrong with the body
        actor = Actor("professional", practice.user_id)
        given = _given(request, practice.zone, partial=partial)
        time_off.change_time_off(professional=practice, actor=actor, time_off_id=time_off_id, **given)
        return Response(_answers([time_off_of(practice, time_off_id)])[0])


def _given(request: Request, zone: ZoneInfo, *, partial: bool = False) -> dict[str, Any]:
    asked = TimeOffInput(data=request.data, partial=partial)
    asked.is_valid(raise_exception=True)
    return asked.given(zone)


def _answers(times_off: Sequence[TimeOff]) -> list[dict[str, Any]]:
    """One query beside the rows."""
    inside = bookings_inside(times_off)
    return list(TimeOffSerializer(times_off, many=True, context={"inside": inside}).data)
