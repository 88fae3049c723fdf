"""Free times, and why a time is not free."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api.inputs import SlotQuery, WhyQuery
from bookings.api.keys import listed_professional, offer_of, pick, service_of
from bookings.api.outputs import ServiceSerializer
from bookings.api.people import patient_account
from bookings.domain.slots import Refusal
from bookings.domain.words import refusal_words
from bookings.selectors import Opening, door, openings, why_not
from core.api.fields import InstantField
from core.limits import require_within


class FittingServiceSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    duration_minutes = serializers.IntegerField()


class SlotSerializer(serializers.Serializer[Any]):
    start = InstantField()
    services = FittingServiceSerializer(many=True, help_text="What fits there.")


class ReasonSerializer(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=[str(refusal) for refusal in Refusal])
    detail = serializers.CharField(help_text="For people.")


class SlotsSerializer(serializers.Serializer[Any]):
    professional = serializers.UUIDField()
    timezone = serializers.CharField(help_text="The zone of the dates asked for.")
    closed = ReasonSerializer(
        allow_null=True, help_text="Why who asks may book nothing here at all; then there are no slots."
    )
    services = ServiceSerializer(many=True)
    slots = SlotSerializer(many=True)


# Building one takes as long as a query, and it keeps nothing of what it shows.
_SERVICE = ServiceSerializer()


class WhySerializer(serializers.Serializer[Any]):
    professional = serializers.UUIDField()
    service = serializers.UUIDField()
    start = InstantField()
    bookable = serializers.BooleanField()
    reasons = ReasonSerializer(many=True, help_text="Every rule that says no; empty when bookable.")


class PublicReads(APIView):
    """Who is not signed in may ask often, but not without end: two months of many services are a long answer."""

    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not request.user.is_authenticated:
            require_within(request._request, group="api.public_reads", rate=settings.PUBLIC_READ_RATE)


class SlotList(PublicReads):
    """Free starts between two dates, both included, and for each the services and durations that fit."""

    @extend_schema(
        operation_id="availability_slots", parameters=[SlotQuery], responses=SlotsSerializer, filters=False
    )
    def get(self, request: Request) -> Response:
        asked = _query(request, SlotQuery)
        professional, services = offer_of(asked["professional"])
        if "service" in asked:
            services = [pick(services, asked["service"])]
        zone = ZoneInfo(asked["tz"]) if "tz" in asked else professional.zone
        asker = patient_account(request)
        found = openings(services=services, first=asked["first"], last=asked["last"], zone=zone, asker=asker)
        closed = door(services[0].professional, asker) if services else None
        return Response(
            {
                "professional": professional.pk,
                "timezone": zone.key,
                "closed": closed and reason_of(closed),
                "services": [_SERVICE.to_representation(service) for service in services],
                "slots": _slots(found),
            }
        )


class Why(PublicReads):
    """Whether a start can be booked, or every rule that says no.

    For a guest, whose e-mail is not known yet, and an account that has not verified its own, without their own
    appointments elsewhere.
    """

    @extend_schema(
        operation_id="availability_why", parameters=[WhyQuery], responses=WhySerializer, filters=False
    )
    def get(self, request: Request) -> Response:
        asked = _query(request, WhyQuery)
        service = service_of(listed_professional(asked["professional"]), asked["service"])
        refusals = why_not(service=service, start=asked["start"], asker=patient_account(request))
        return Response(
            {
                "professional": service.professional_id,
                "service": service.pk,
                "start": InstantField().to_representation(asked["start"]),
                "bookable": not refusals,
                "reasons": [reason_of(refusal) for refusal in refusals],
            }
        )


def reason_of(refusal: Refusal) -> dict[str, str]:
    return {"code": str(refusal), "detail": str(refusal_words[refusal])}


def _query(request: Request, shape: type[SlotQuery | WhyQuery]) -> dict[str, Any]:
    given = {name: value for name, value in request.query_params.items() if value}
    query = shape(data=given)
    query.is_valid(raise_exception=True)
    return query.validated_data


def _slots(found: list[Opening]) -> list[dict[str, Any]]:
    """By hand, and the part that neighbours have in common once: there can be thousands."""
    slots: list[dict[str, Any]] = []
    for services, neighbours in groupby(found, key=lambda opening: opening.services):
        fitting = [
            {"id": str(service.pk), "duration_minutes": service.duration_minutes} for service in services
        ]
        slots += [{"start": f"{start:%Y-%m-%dT%H:%M:%SZ}", "services": fitting} for start, _ in neighbours]
    return slots
