"""A practice's own hours: openings, and public holidays. Only the professional comes here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api.people import own_practice
from bookings.domain.lengths import LINE
from bookings.models import AvailabilityBlock, Modality
from bookings.selectors.availability import block_of, blocks_of, holidays_of
from bookings.services import availability
from core.actor import Actor
from core.api.idempotency import PARAMETER, Idempotent


@extend_schema_field({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "example": "09:30"})
class WallTimeField(serializers.TimeField):
    """HH:MM in the practice's zone."""

    default_error_messages = {"invalid": _("Enter a time as HH:MM, such as 09:30.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


class BlockSerializer(serializers.ModelSerializer[AvailabilityBlock]):
    starts = WallTimeField()
    ends = WallTimeField(help_text="00:00 is midnight at the end of the day.")
    services = serializers.SerializerMethodField(help_text="Open for these alone; empty: for all.")
    modalities = serializers.ListField(child=serializers.ChoiceField(choices=Modality.choices))

    class Meta:
        model = AvailabilityBlock
        fields = ["id", "weekday", "date", "starts", "ends", "is_active", "notes", "services", "modalities"]
        read_only_fields = fields

    def get_services(self, block: AvailabilityBlock) -> list[UUID]:
        return [service.pk for service in block.services.all()]


class BlockInput(serializers.Serializer[Any]):
    """Either `weekday` or `date`."""

    weekday = serializers.IntegerField(
        min_value=1,
        max_value=7,
        required=False,
        allow_null=True,
        help_text="Open every week on this day, 1 (Monday) to 7.",
    )
    date = serializers.DateField(required=False, allow_null=True, help_text="Open on this date alone.")
    starts = WallTimeField()
    ends = WallTimeField(help_text="00:00 is midnight at the end of the day.")
    is_active = serializers.BooleanField(default=True)
    notes = serializers.CharField(max_length=LINE, allow_blank=True, default="")
    services = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=200,
        default=list,
        source="service_ids",
        help_text="Open for these alone; empty: for all.",
    )
    modalities = serializers.ListField(
        child=serializers.ChoiceField(choices=Modality.choices),
        max_length=len(Modality),
        default=list,
        help_text="Open for services in these alone; empty: for all.",
    )


class BlockFilter(filters.FilterSet):
    weekday = filters.NumberFilter(min_value=1, max_value=7, label=_("ISO, 1 (Monday) to 7"))
    date = filters.DateFilter(label=_("YYYY-MM-DD"))
    is_active = filters.BooleanFilter()

    class Meta:
        model = AvailabilityBlock
        fields: list[str] = []


@extend_schema_view(get=extend_schema(operation_id="availability_blocks_list"))
class BlockList(Idempotent, generics.ListAPIView[AvailabilityBlock]):
    """When the practice is open: weekly hours by weekday, then openings on one date."""

    serializer_class = BlockSerializer
    filterset_class = BlockFilter
    queryset = AvailabilityBlock.objects.none()

    def get_queryset(self) -> QuerySet[AvailabilityBlock]:
        return blocks_of(own_practice(self.request))

    @extend_schema(
        operation_id="availability_blocks_create",
        parameters=[PARAMETER],
        request=BlockInput,
        responses={201: BlockSerializer},
    )
    def post(self, request: Request) -> Response:
        """Opens hours. Openings of one day that are switched on may not overlap (`overlap`)."""
        practice = own_practice(request)
        actor, given = Actor("professional", practice.user_id), _given(request)
        add = availability.add_block
        block_id = self.once(request, lambda: add(professional=practice, actor=actor, **given).pk)
        return Response(BlockSerializer(block_of(practice, block_id)).data, status=201)


class BlockDetail(APIView):
    @extend_schema(operation_id="availability_blocks_retrieve", responses=BlockSerializer)
    def get(self, request: Request, block_id: UUID) -> Response:
        return Response(BlockSerializer(block_of(own_practice(request), block_id)).data)

    @extend_schema(operation_id="availability_blocks_update", request=BlockInput, responses=BlockSerializer)
    def put(self, request: Request, block_id: UUID) -> Response:
        """Writes all of it; the day stays when neither `weekday` nor `date` is given."""
        return self._change(request, block_id, partial=False)

    @extend_schema(
        operation_id="availability_blocks_partial_update",
        request=BlockInput(partial=True),
        responses=BlockSerializer,
    )
    def patch(self, request: Request, block_id: UUID) -> Response:
        """Writes what is given, such as `is_active`."""
        return self._change(request, block_id, partial=True)

    @extend_schema(operation_id="availability_blocks_destroy", responses={204: None})
    def delete(self, request: Request, block_id: UUID) -> Response:
        """Closes these hours; what is booked stays booked."""
        practice = own_practice(request)
        actor = Actor("professional", practice.user_id)
        availability.remove_block(professional=practice, actor=actor, block_id=block_id)
        return Response(status=204)

    def _change(self, request: Request, block_id: UUID, *, partial: bool) -> Response:
        practice = own_practice(request)
        block_of(practice, block_id)  # before what is wrong with the body
        actor, given = Actor("professional", practice.user_id), _given(request, partial=partial)
        availability.change_block(professional=practice, actor=actor, block_id=block_id, **given)
        return Response(BlockSerializer(block_of(practice, block_id)).data)


def _given(request: Request, *, partial: bool = False) -> Mapping[str, Any]:
    asked = BlockInput(data=request.data, partial=partial)
    asked.is_valid(raise_exception=True)
    given: Mapping[str, Any] = asked.validated_data
    return given


class RegionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class HolidaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    name = serializers.CharField(help_text="In the language of the request where the calendar has it.")


class HolidaysSerializer(serializers.Serializer[Any]):
    country = serializers.CharField(help_text="ISO 3166-1; the professional's.")
    is_known = serializers.BooleanField(help_text="Whether there is a calendar for this country.")
    region = serializers.CharField(help_text="Whose holidays count as well; empty: none.")
    regions = RegionSerializer(many=True, help_text="What may be chosen as `region`.")
    closed_on_holidays = serializers.BooleanField(help_text="Whether they close the weekly openings.")
    holidays = HolidaySerializer(many=True, help_text="Of the next twelve months.")


class HolidayList(APIView):
    """Public holidays of the professional's country and region. Whether they count is one of the `settings`."""

    @extend_schema(operation_id="availability_holidays", responses=HolidaysSerializer)
    def get(self, request: Request) -> Response:
        found = holidays_of(own_practice(request))
        answer = {
            "country": found.country,
            "is_known": found.is_known,
            "region": found.region,
            "regions": [{"code": code, "name": name} for code, name in found.regions],
            "closed_on_holidays": found.closed,
            "holidays": [holiday._asdict() for holiday in found.coming],
        }
        return Response(HolidaysSerializer(answer).data)
