"""Figures of the clinic for programs: those of the page of statistics."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Role
from bookings.api.keys import any_professional
from bookings.api.people import staff, zone_of
from bookings.api.staff.patients import PracticeSerializer
from bookings.domain.lifecycle_table import Status
from bookings.domain.periods import Period, Span
from bookings.models import Absent
from bookings.selectors.statistics import Figures, statistics
from core.api.fields import MoneyField

READERS = frozenset({Role.MEDICAL_ADMIN})


class StatsQuery(serializers.Serializer[dict[str, Any]]):
    """`from` and `to` are dates, both included, at most two years; else the latest `span` of whole weeks."""

    to = serializers.DateField(source="last", required=False, default=None, help_text="Last date, included.")
    span = serializers.ChoiceField(
        choices=Span.choices,
        required=False,
        default=None,
        help_text="Up to the end of this week; three months when nothing is said.",
    )
    professional = serializers.CharField(
        max_length=80, required=False, default="", help_text="Slug or id; all of them when not given."
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is a word of the language."""
        first = serializers.DateField(
            source="first", required=False, default=None, help_text="First date, YYYY-MM-DD."
        )
        return {"from": first, **super().get_fields()}


class IncomeSerializer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    paid = MoneyField("paid")
    refunded = MoneyField("refunded")
    net = MoneyField("net")


class _Numbers(serializers.Serializer[Any]):
    """A number for each of the choices."""

    choices: Any

    def get_fields(self) -> dict[str, serializers.Field]:
        return {str(choice): serializers.IntegerField() for choice in self.choices}


class ByStatusSerializer(_Numbers):
    choices = Status


class AbsencesSerializer(_Numbers):
    choices = Absent


class FiguresSerializer(serializers.Serializer[Figures]):
    appointments = serializers.IntegerField(source="tally.number")
    by_status = ByStatusSerializer(source="tally.by_status")
    absences = AbsencesSerializer(source="tally.absences", help_text="By who did not come.")
    due = serializers.IntegerField(
        source="tally.due", help_text="Their time came: they took place, or somebody was absent."
    )
    no_show_rate = serializers.FloatField(
        source="tally.no_show_rate", allow_null=True, help_text="Of those due, where the patient was absent."
    )
    booked_minutes = serializers.IntegerField(source="tally.minutes")
    open_minutes = serializers.IntegerField(help_text="On offer, by the hours as they are set now.")
    occupancy = serializers.FloatField(allow_null=True, help_text="Booked of open; may be more than 1.")
    income = IncomeSerializer(many=True, help_text="By the day it was paid or given back.")


class WeekSerializer(FiguresSerializer):
    monday = serializers.DateField()


class PatientNumbersSerializer(serializers.Serializer[Any]):
    active = serializers.IntegerField(help_text="With an appointment in the period.")
    new = serializers.IntegerField(help_text="Those among them who had none before.")


class ProfessionalFiguresSerializer(FiguresSerializer):
    professional = PracticeSerializer()
    patients = PatientNumbersSerializer()


class ServiceFiguresSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    professional = serializers.CharField()
    appointments = serializers.IntegerField(source="number")
    booked_minutes = serializers.IntegerField(source="minutes")


class StatsSerializer(serializers.Serializer[Any]):
    to = serializers.DateField(source="period.last")
    timezone = serializers.CharField(
        source="period.zone", help_text="Of the days and weeks: the professional's, else the account's."
    )
    professional = PracticeSerializer(allow_null=True)
    total = FiguresSerializer()
    patients = PatientNumbersSerializer()
    weeks = WeekSerializer(many=True)
    services = ServiceFiguresSerializer(many=True, help_text="Those asked for most.")
    services_offered = serializers.IntegerField(help_text="That can be booked now.")
    professionals = ProfessionalFiguresSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is a word of the language."""
        return {"from": serializers.DateField(source="period.first"), **super().get_fields()}


class Stats(APIView):
    """Appointments by state and week, occupancy, absences, income by currency, patients, services, by professional."""

    @extend_schema(operation_id="admin_stats", parameters=[StatsQuery], responses=StatsSerializer)
    def get(self, request: Request) -> Response:
        user = staff(request, READERS)
        asked = StatsQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        key = given["professional"]
        professional = any_professional(key) if key else None
        zone = professional.zone if professional else zone_of(user)
        period = Period.asked(
            first=given["first"],
            last=given["last"],
            span=Span(given["span"]) if given["span"] else None,
            today=timezone.localdate(timezone=zone),
            zone=zone,
        )
        return Response(StatsSerializer(statistics(period, professional)).data)
