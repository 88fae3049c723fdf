"""Lists by what is to be done: requests to answer, meetings to hold, a patient's bookings by state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Role
from bookings.api.answers import bookings_answer
from bookings.api.outputs import BookingSerializer
from bookings.api.people import signed_in
from bookings.domain.lifecycle_table import Status
from bookings.models import MEETING_MODALITIES, Booking
from bookings.selectors import bookings_of_patient, bookings_of_professional
from core.api.pagination import PAGED, Pages, PageSerializer
from core.errors import NotAllowed

# A patient's bookings by what they still ask of them.
GROUPS: dict[str, tuple[Status, ...]] = {
    "pending_payment": (Status.PENDING_PAYMENT,),
    "waiting_acceptance": (Status.WAITING_FOR_PROFESSIONAL,),
    "confirmed": (Status.CONFIRMED,),
    "in_progress": (Status.IN_PROGRESS,),
    "completed": (Status.COMPLETED,),
    "cancelled": (Status.CANCELLED, Status.REJECTED, Status.EXPIRED, Status.NO_SHOW),
}


class _PageSerializer(PageSerializer):
    bookings = BookingSerializer(many=True)


class WaitingSerializer(_PageSerializer):
    message = serializers.CharField()


class MeetingsSerializer(_PageSerializer):
    active = serializers.IntegerField(help_text="Meetings in progress.")
    waiting = serializers.IntegerField(help_text="Confirmed meetings still to come.")


class GroupsSerializer(serializers.Serializer[Any]):
    pending_payment = BookingSerializer(many=True)
    waiting_acceptance = BookingSerializer(many=True)
    confirmed = BookingSerializer(many=True)
    in_progress = BookingSerializer(many=True)
    completed = BookingSerializer(many=True)
    cancelled = BookingSerializer(many=True)


class MyBookingsSerializer(_PageSerializer):
    grouped = GroupsSerializer(help_text="The bookings of this page by what is to be done.")


class _BookingPages(APIView):
    role: Role

    def page(self, request: Request, bookings: QuerySet[Booking]) -> dict[str, Any]:
        """Raises NotAllowed for another role."""
        user = signed_in(request)
        if user.role != self.role:
            raise NotAllowed
        pages = Pages()
        rows: Sequence[Booking] = pages.paginate_queryset(bookings, request, view=self) or []
        envelope: dict[str, Any] = pages.get_paginated_response(bookings_answer(rows, user)).data
        return {("bookings" if name == "results" else name): value for name, value in envelope.items()}


class WaitingBookings(_BookingPages):
    """Requests that wait for the professional's answer, the earliest appointment first."""

    role = Role.PROFESSIONAL

    @extend_schema(operation_id="bookings_waiting", parameters=PAGED, responses=WaitingSerializer)
    def get(self, request: Request) -> Response:
        waiting = bookings_of_professional(signed_in(request)).filter(status=Status.WAITING_FOR_PROFESSIONAL)
        answer = self.page(request, waiting.order_by("starts_at", "id"))
        message = ngettext(
            "%(count)d booking waiting for your acceptance",
            "%(count)d bookings waiting for your acceptance",
            answer["count"],
        )
        return Response(answer | {"message": message % answer})


class ProfessionalMeetings(_BookingPages):
    """Meetings in progress and confirmed ones to come, the earliest first."""

    role = Role.PROFESSIONAL

    @extend_schema(operation_id="bookings_meetings", parameters=PAGED, responses=MeetingsSerializer)
    def get(self, request: Request) -> Response:
        meetings = bookings_of_professional(signed_in(request)).filter(
            status__in=(Status.IN_PROGRESS, Status.CONFIRMED), modality__in=MEETING_MODALITIES
        )
        answer = self.page(request, meetings.order_by("starts_at", "id"))
        active = meetings.filter(status=Status.IN_PROGRESS).count()
        return Response(answer | {"active": active, "waiting": answer["count"] - active})


class MyBookings(_BookingPages):
    """The patient's bookings, the latest first, also in groups."""

    role = Role.PATIENT

    @extend_schema(operation_id="bookings_mine", parameters=PAGED, responses=MyBookingsSerializer)
    def get(self, request: Request) -> Response:
        answer = self.page(request, bookings_of_patient(signed_in(request)))
        # Each booking comes twice, on purpose: clients of the first bookings backend read either form.
        grouped = {
            group: [booking for booking in answer["bookings"] if booking["status"] in statuses]
            for group, statuses in GROUPS.items()
        }
        return Response(answer | {"grouped": grouped})
