"""Patients of all practices, for medical administration. What a practice notes about them is its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Patient, Professional, Role
from bookings.api.keys import any_professional
from bookings.api.patients import PatientRowSerializer
from bookings.api.people import staff
from bookings.selectors.administration import find_patients, patient_of_clinic
from bookings.selectors.visits import visits_of
from core import audit
from core.api.pagination import PAGED, PageSerializer

READERS = frozenset({Role.MEDICAL_ADMIN})


class PracticeSerializer(serializers.ModelSerializer[Professional]):
    class Meta:
        model = Professional
        fields = ["id", "slug", "name"]
        read_only_fields = fields


class StaffPatientSerializer(PatientRowSerializer):
    professional = PracticeSerializer(read_only=True)

    class Meta(PatientRowSerializer.Meta):
        fields = [*PatientRowSerializer.Meta.fields, "professional"]
        read_only_fields = fields


class StaffPatientQuery(serializers.Serializer[dict[str, Any]]):
    q = serializers.CharField(
        max_length=100,
        required=False,
        allow_blank=True,
        default="",
        help_text="A whole e-mail or phone number; with `professional` also a name, or a part of any of them.",
    )
    professional = serializers.CharField(
        max_length=80, required=False, allow_blank=True, default="", help_text="Slug or id."
    )


class StaffPatientPageSerializer(PageSerializer):
    results = StaffPatientSerializer(many=True)


class _Found(generics.GenericAPIView[Patient]):
    serializer_class = StaffPatientSerializer
    queryset = Patient.objects.none()
    filter_backends: list[Any] = []

    def found(self, given: Any) -> Response:
        asked = StaffPatientQuery(data=given)
        asked.is_valid(raise_exception=True)
        practice = asked.validated_data["professional"]
        patients = find_patients(asked.validated_data["q"], any_professional(practice) if practice else None)
        rows = self.paginate_queryset(patients) or []
        serializer = StaffPatientSerializer(rows, many=True, context={"visits": visits_of(rows)})
        return self.get_paginated_response(serializer.data)


@extend_schema_view(get=extend_schema(operation_id="admin_patients_list", parameters=[StaffPatientQuery]))
class StaffPatientList(_Found, generics.ListAPIView[Patient]):
    """The latest first, or whom `q` means. A name without `professional`: 400 `professional_needed`."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        staff(request, READERS)
        return self.found(request.query_params)


class StaffPatientSearch(_Found):
    """As the list, with what is searched for in the body: addresses end up in the logs of proxies."""

    @extend_schema(
        operation_id="admin_patients_search",
        request=StaffPatientQuery,
        responses=StaffPatientPageSerializer,
        parameters=PAGED,
    )
    def post(self, request: Request) -> Response:
        staff(request, READERS)
        audit.looks()
        return self.found(request.data)


class StaffPatientDetail(APIView):
    @extend_schema(operation_id="admin_patients_retrieve", responses=StaffPatientSerializer)
    def get(self, request: Request, patient_id: UUID) -> Response:
        staff(request, READERS)
        patient = patient_of_clinic(patient_id)
        shown = StaffPatientSerializer(patient, context={"visits": visits_of([patient])})
        return Response(shown.data)
