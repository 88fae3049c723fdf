"""Free times."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api.inputs import SlotQuery
from bookings.api.outputs import ServiceSerializer
from bookings.openings import Opening, listed_professional, openings, pick
from bookings.selectors import services_of
from core.api.fields import InstantField


class FittingServiceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    duration_minutes = serializers.IntegerField()


class SlotSerializer(serializers.Serializer[Any]):
    start = InstantField()
    services = FittingServiceSerializer(many=True, help_text="What fits there.")


class SlotsSerializer(serializers.Serializer[Any]):
    professional = serializers.UUIDField()
    timezone = serializers.CharField(help_text="The zone of the dates asked for.")
    services = ServiceSerializer(many=True)
    slots = SlotSerializer(many=True)


class SlotList(APIView):
    """Free starts between two dates, both included, and for each the services and durations that fit."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="availability_slots", parameters=[SlotQuery], responses=SlotsSerializer, filters=False
    )
    def get(self, request: Request) -> Response:
        asked = _query(request)
        professional = listed_professional(asked["professional"])
        services = list(services_of(professional))
        if "service" in asked:
            services = [pick(services, asked["service"])]
        zone = ZoneInfo(asked["tz"]) if "tz" in asked else professional.zone
        found = openings(services=services, first=asked["first"], last=asked["last"], zone=zone)
        return Response(
            {
                "professional": professional.pk,
                "timezone": zone.key,
                "services": ServiceSerializer(services, many=True).data,
                "slots": [_slot(opening) for opening in found],
            }
        )


def _query(request: Request) -> dict[str, Any]:
    given = {name: value for name, value in request.query_params.items() if value}
    query = SlotQuery(data=given)
    query.is_valid(raise_exception=True)
    return query.validated_data


def _slot(opening: Opening) -> dict[str, Any]:
    """By hand: there can be thousands, and serializers are slow."""
    return {
        "start": f"{opening.start:%Y-%m-%dT%H:%M:%SZ}",
        "services": [
            {"id": service.pk, "duration_minutes": service.duration_minutes} for service in opening.services
        ],
    }
