"""Requests for an appointment: made by anybody, answered by the practice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.selectors import professional_by_slug
from bookings import services
from bookings.api.answers import booking_answer
from bookings.api.inputs import GuestBookingInput, ReasonInput, Words, asked_language
from bookings.api.keys import pick, service_of
from bookings.api.outputs import BookedServiceSerializer, BookingSerializer
from bookings.api.people import own_practice, signed_in
from bookings.domain import lengths
from bookings.models import BookingRequest, PartOfDay, RequestStatus, Service
from bookings.selectors import booking_for
from bookings.selectors.requests import request_of, requests_of, whole_requests
from bookings.services.booking import PatientDetails
from core.actor import Actor
from core.api.fields import InstantField
from core.api.idempotency import Idempotent
from core.api.limits import LimitedWrites


class BookingRequestInput(GuestBookingInput):
    """Days are those of `timezone`, both included; either may be left out."""

    start = None  # type: ignore[assignment]  # that is what is asked for
    reason = None  # type: ignore[assignment]
    message = Words(
        max_length=lengths.REASON,
        required=False,
        allow_blank=True,
        default="",
        help_text="Only the professional reads it.",
    )
    preferred_from = serializers.DateField(required=False, allow_null=True, default=None)
    preferred_until = serializers.DateField(required=False, allow_null=True, default=None)
    part_of_day = serializers.ChoiceField(choices=PartOfDay.choices, required=False, default=PartOfDay.ANY)


class AcceptInput(serializers.Serializer[dict[str, Any]]):
    service = serializers.CharField(
        max_length=80, required=False, help_text="Slug or id; the one that was asked for when not given."
    )
    start = InstantField()
    outside_hours = serializers.BooleanField(
        default=False, help_text="Whatever the own hours, time off, step and most appointments a day say."
    )
    pays_at_practice = serializers.BooleanField(default=False, help_text="Nothing is asked for online.")


class MadeRequestSerializer(serializers.ModelSerializer[BookingRequest]):
    """What whoever asked reads: nothing that they could have typed of somebody else."""

    service = BookedServiceSerializer(read_only=True)
    expires_at = InstantField(read_only=True, help_text="Answered by then, or no longer valid.")
    created_at = InstantField(read_only=True)

    class Meta:
        model = BookingRequest
        fields = [
            "id",
            "status",
            "service",
            "preferred_from",
            "preferred_until",
            "part_of_day",
            "language",
            "timezone",
            "expires_at",
            "created_at",
        ]
        read_only_fields = fields


class BookingRequestSerializer(MadeRequestSerializer):
    """A request as the practice reads it."""

    name = serializers.CharField(read_only=True)
    email = serializers.EmailField(read_only=True)
    phone = serializers.CharField(read_only=True)
    message = serializers.CharField(read_only=True)
    closing_reason = serializers.CharField(read_only=True)
    booking = serializers.UUIDField(
        source="booking_id", read_only=True, allow_null=True, help_text="What became of an accepted one."
    )
    answered_at = InstantField(read_only=True, allow_null=True)

    class Meta(MadeRequestSerializer.Meta):
        fields = [
            *MadeRequestSerializer.Meta.fields,
            "name",
            "email",
            "phone",
            "message",
            "closing_reason",
            "booking",
            "answered_at",
        ]
        read_only_fields = fields


class MakeRequest(Idempotent, LimitedWrites):
    """Says when one could come, where no free time suits. Nothing is booked; the practice answers by e-mail."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="booking_request_create",
        request=BookingRequestInput,
        responses={201: MadeRequestSerializer},
    )
    def post(self, request: Request, slug: str) -> Response:
        asked = BookingRequestInput(data=request.data)
        asked.is_valid(raise_exception=True)
        made = self.once(request, lambda: _ask(request, slug, asked.validated_data).pk)
        return Response(MadeRequestSerializer(whole_requests().get(pk=made)).data, status=201)


def _ask(request: Request, slug: str, given: dict[str, Any]) -> BookingRequest:
    service = service_of(professional_by_slug(slug), given["service"])
    who = services.who_books(request.user)
    return services.request_booking(
        service=service,
        patient=PatientDetails(
            name=given["name"],
            email=given["email"],
            phone=given["phone"],
            language=given.get("language") or asked_language(),
            timezone=given.get("timezone") or service.professional.timezone,
        ),
        message=given["message"],
        preferred_from=given["preferred_from"],
        preferred_until=given["preferred_until"],
        part_of_day=given["part_of_day"],
        user=who["user"],
        actor=who["actor"],
    )


class RequestFilter(filters.FilterSet):
    status = filters.MultipleChoiceFilter(
        choices=RequestStatus.choices, label=_("may be given several times")
    )


@extend_schema_view(get=extend_schema(operation_id="booking_requests_list"))
class RequestList(generics.ListAPIView[BookingRequest]):
    """Requests made to the own practice, the latest first."""

    serializer_class = BookingRequestSerializer
    filterset_class = RequestFilter
    queryset = BookingRequest.objects.none()

    def get_queryset(self) -> QuerySet[BookingRequest]:
        return requests_of(own_practice(self.request)).order_by("-created_at", "id")


class RequestDetail(APIView):
    @extend_schema(operation_id="booking_requests_retrieve", responses=BookingRequestSerializer)
    def get(self, request: Request, request_id: UUID) -> Response:
        return Response(BookingRequestSerializer(request_of(own_practice(request), request_id)).data)


class RequestAccept(Idempotent, APIView):
    """Books a time for whoever asked. What is owed is paid by a link that they are sent."""

    @extend_schema(
        operation_id="booking_requests_accept",
        request=AcceptInput,
        responses={201: BookingSerializer},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        user, practice = signed_in(request), own_practice(request)
        wish = request_of(practice, request_id)
        asked = AcceptInput(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        key = given.pop("service", None)
        service = pick(Service.objects.filter(professional=practice), key) if key else wish.service
        booked = self.once(
            request,
            lambda: (
                services.accept_request(
                    request_id=wish.pk,
                    service=service,
                    starts_at=given["start"],
                    outside_hours=given["outside_hours"],
                    pays_at_practice=given["pays_at_practice"],
                    actor=Actor("professional", user.pk),
                ).pk
            ),
        )
        return Response(booking_answer(booking_for(user, booked), user), status=201)


class RequestReject(APIView):
    """Says no; whoever asked reads the reason."""

    @extend_schema(
        operation_id="booking_requests_reject", request=ReasonInput, responses=BookingRequestSerializer
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        user, practice = signed_in(request), own_practice(request)
        wish = request_of(practice, request_id)
        asked = ReasonInput(data=request.data)
        asked.is_valid(raise_exception=True)
        actor = Actor("professional", user.pk)
        wish = services.reject_request(request_id=wish.pk, actor=actor, reason=asked.validated_data["reason"])
        return Response(BookingRequestSerializer(wish).data)
