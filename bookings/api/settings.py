"""A practice's own rules for bookings. Only the professional comes here."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api.people import own_practice
from bookings.models import BookingPolicy
from bookings.models.policy import LONGEST_REMINDER
from bookings.selectors.catalog import currencies_not_taken, policy_of
from bookings.services.policy import MOST_REMINDERS, SHORTEST_REMINDER, change_policy
from core.actor import Actor
from payments.ways import all_ways_to_pay


class PolicySerializer(serializers.ModelSerializer[BookingPolicy]):
    """The bounds are the model's; the rules among the values are the verb's to say."""

    reminder_minutes = serializers.ListField(
        child=serializers.IntegerField(min_value=SHORTEST_REMINDER, max_value=LONGEST_REMINDER),
        max_length=MOST_REMINDERS,
        required=False,
        help_text="Minutes before the start at which the patient is written to, each once.",
    )

    gateways = serializers.ListField(
        child=serializers.CharField(max_length=20),
        max_length=10,
        required=False,
        help_text="By which companies patients pay, the preferred one first; empty: all of `gateways_here`. Payments "
        "that were asked for before keep theirs.",
    )
    gateways_here = serializers.SerializerMethodField(help_text="All that this installation uses.")
    currencies_not_taken = serializers.SerializerMethodField(
        help_text="Of active services and plans on offer: no chosen gateway takes these, so that nobody can pay online."
    )

    class Meta:
        model = BookingPolicy
        fields = [
            "allow_public_booking",
            "patients_only",
            "horizon_days",
            "minimum_notice_minutes",
            "step_minutes",
            "max_bookings_per_day",
            "auto_accept",
            "hold_minutes",
            "answer_minutes",
            "cancellation_hours",
            "late_refund_percent",
            "no_show_grace_minutes",
            "reminder_minutes",
            "gateways",
            "gateways_here",
            "currencies_not_taken",
            "email_notifications",
            "closed_on_holidays",
            "holiday_region",
        ]
        extra_kwargs = {
            "allow_public_booking": {"help_text": "Whether anybody but the practice can book."},
            "patients_only": {"help_text": "Only accounts of people who are patients already may book."},
            "horizon_days": {"help_text": "How many days ahead bookings are open."},
            "minimum_notice_minutes": {"help_text": "How long before the start a booking may still be made."},
            "step_minutes": {"help_text": "Distance between starts on offer: a multiple of 5."},
            "max_bookings_per_day": {"help_text": "null is no limit."},
            "auto_accept": {"help_text": "Bookings are confirmed without being asked about."},
            "hold_minutes": {"help_text": "How long a time is kept for somebody who pays."},
            "answer_minutes": {"help_text": "How long a request waits for an answer; then it expires."},
            "cancellation_hours": {"help_text": "Until how long before the start cancelling costs nothing."},
            "late_refund_percent": {"help_text": "What a patient gets back who cancels later."},
            "no_show_grace_minutes": {
                "help_text": "After the start, before somebody is said not to have come."
            },
            "email_notifications": {"help_text": "Whether the professional is written to."},
            "closed_on_holidays": {
                "help_text": "Public holidays of the practice's country close the weekly hours."
            },
            "holiday_region": {
                "help_text": "A region of the country with holidays of its own, as `availability/holidays` "
                "names them; empty: the whole country."
            },
        }

    def get_gateways_here(self, policy: BookingPolicy) -> list[str]:
        return [way.name for way in all_ways_to_pay()]

    def get_currencies_not_taken(self, policy: BookingPolicy) -> list[str]:
        return currencies_not_taken(policy)


class PracticeSettings(APIView):
    """The rules of the practice. Bookings that are made keep the deadlines they have."""

    @extend_schema(operation_id="settings_retrieve", responses=PolicySerializer)
    def get(self, request: Request) -> Response:
        return Response(PolicySerializer(policy_of(own_practice(request))).data)

    @extend_schema(operation_id="settings_update", request=PolicySerializer, responses=PolicySerializer)
    def put(self, request: Request) -> Response:
        """What is not given stays as it is."""
        return self._change(request)

    @extend_schema(
        operation_id="settings_partial_update",
        request=PolicySerializer(partial=True),
        responses=PolicySerializer,
    )
    def patch(self, request: Request) -> Response:
        """What is not given stays as it is."""
        return self._change(request)

    def _change(self, request: Request) -> Response:
        practice = own_practice(request)
        asked = PolicySerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        actor = Actor("professional", practice.user_id)
        policy = change_policy(professional=practice, actor=actor, **asked.validated_data)
        return Response(PolicySerializer(policy).data)
